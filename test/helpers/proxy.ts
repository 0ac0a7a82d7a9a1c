// A TCP proxy in front of a server, which a test can make behave like a network that fails.

import { once } from 'node:events';
import { createConnection, createServer, type Socket } from 'node:net';

/** A proxy under a test's control. */
export interface TestProxy {
  port: number;
  /** nats://127.0.0.1:<port> */
  url: string;
  /** connections accepted so far */
  readonly accepted: number;
  /** From now on nothing is forwarded in either direction on the connections there are, and none is closed. */
  freeze(): void;
  /** Ends all connections at once. */
  cut(): void;
  /** Asked for each chunk that the server or a client sends; what it returns is forwarded instead. */
  fromServer: (chunk: Buffer) => Buffer | undefined;
  fromClient: (chunk: Buffer) => Buffer | undefined;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Starts a proxy on a free port of loopback. */
export async function startProxy(targetPort: number): Promise<TestProxy> {
  const sockets = new Set<Socket>();
  let accepted = 0;
  const listener = createServer((client) => {
    accepted++;
    const server = createConnection(targetPort, '127.0.0.1');
    for (const [socket, other] of [
      [client, server],
      [server, client],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        sockets.delete(socket);
        other.destroy();
      });
    }
    client.on('data', (chunk: Buffer) => {
      const forwarded = proxy.fromClient(chunk);
      if (forwarded !== undefined) server.write(forwarded);
    });
    server.on('data', (chunk: Buffer) => {
      const forwarded = proxy.fromServer(chunk);
      if (forwarded !== undefined) client.write(forwarded);
    });
  });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const { port } = listener.address() as { port: number };
  const proxy: TestProxy = {
    port,
    url: `nats://127.0.0.1:${port}`,
    get accepted() {
      return accepted;
    },
    freeze() {
      for (const socket of sockets) socket.pause();
    },
    cut() {
      for (const socket of sockets) socket.destroy();
    },
    fromServer: (chunk) => chunk,
    fromClient: (chunk) => chunk,
    async [Symbol.asyncDispose]() {
      proxy.cut();
      listener.close();
      await once(listener, 'close');
    },
  };
  return proxy;
}

/** A listener that accepts connections and says one thing, or nothing at all. */
export interface SilentServer {
  /** nats://127.0.0.1:<port> */
  url: string;
  [Symbol.asyncDispose](): Promise<void>;
}

/** @param greeting what each connection is sent; default nothing */
export async function startSilentServer(greeting = ''): Promise<SilentServer> {
  const sockets = new Set<Socket>();
  const listener = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.write(greeting);
  });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const { port } = listener.address() as { port: number };
  return {
    url: `nats://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      listener.close();
      await once(listener, 'close');
    },
  };
}
