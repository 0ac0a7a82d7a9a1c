// A real nats-server on loopback, on a free port, that stops with the test that started it.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** A nats-server under a test's control. */
export interface TestServer {
  port: number;
  /** nats://127.0.0.1:<port> */
  url: string;
  pid: number;
  /** Ends the process with a signal and waits until it is gone; `start` brings it back on the same port. */
  stop(signal?: NodeJS.Signals): Promise<void>;
  /** @param settings lines that replace those given at first */
  start(settings?: string): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Starts a nats-server and waits until it accepts connections.
 *
 * @param settings further lines of its configuration; the port is chosen here
 * @param options.jetStream whether it keeps streams, which outlive its stop and start
 */
export async function startServer(settings = '', { jetStream = false } = {}): Promise<TestServer> {
  const directory = mkdtempSync(join(tmpdir(), 'nats-'));
  const port = await findFreePort();
  const file = join(directory, 'server.conf');
  const own = [`listen: "127.0.0.1:${port}"`, ...(jetStream ? [jetStreamSettings(directory)] : [])];
  const configure = (lines: string) => writeFileSync(file, [...own, lines, ''].join('\n'));
  configure(settings);
  let child: ChildProcess | undefined;
  const server: TestServer = {
    port,
    url: `nats://127.0.0.1:${port}`,
    get pid() {
      return child?.pid as number;
    },
    async start(lines) {
      if (lines !== undefined) configure(lines);
      child = await runServer(file);
    },
    async stop(signal = 'SIGKILL') {
      if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, 'exit');
      child.kill(signal);
      await exited;
    },
    async [Symbol.asyncDispose]() {
      await server.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
  await server.start();
  return server;
}

/** Has a server keep streams in a directory. */
export function jetStreamSettings(directory: string): string {
  return `jetstream { store_dir: "${join(directory, 'jetstream')}" }`;
}

/**
 * Starts a nats-server with a configuration (its path) and waits until it accepts connections; who starts it ends it.
 *
 * @param starter a program that becomes the one that its arguments name; default: none
 */
export async function runServer(file: string, starter?: string): Promise<ChildProcess> {
  const command = process.env['NATS_SERVER'] ?? 'nats-server';
  const args = starter === undefined ? [] : [command];
  const child = spawn(starter ?? command, [...args, '-c', file], { stdio: ['ignore', 'ignore', 'pipe'] });
  const lines: string[] = [];
  const log = createInterface({ input: child.stderr as NodeJS.ReadableStream });
  const ready = new Promise<void>((resolve, reject) => {
    log.on('line', (line) => {
      lines.push(line);
      if (line.includes('Server is ready')) resolve();
    });
    child.once('error', reject);
    child.once('exit', () => reject(new Error(`nats-server ended:\n${lines.join('\n')}`)));
  });
  await ready;
  return child;
}

/** A port on loopback that nobody listens on at this moment. */
export async function findFreePort(): Promise<number> {
  const listener = createServer();
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const { port } = listener.address() as { port: number };
  listener.close();
  await once(listener, 'close');
  return port;
}
