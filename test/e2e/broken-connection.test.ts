import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createNetwork, type TestNetwork } from '../helpers/network.ts';
import { run, startReady } from '../helpers/program.ts';
import { startProxy, type TestProxy } from '../helpers/proxy.ts';
import { startServer, type TestServer } from '../helpers/server.ts';
import { connectRaw } from '../helpers/wire.ts';

const LOST = 'remaphore: connection to the server lost, reconnecting\n';
const BACK = 'remaphore: connected to a server again\n';
const PONG = 'PONG\r\n';

let server: TestServer;
let proxy: TestProxy;
let network: TestNetwork;
/** reaches the server through the proxy */
let behind: string;
/** reaches the server itself */
let direct: string;

beforeAll(async () => {
  server = await startServer();
});

beforeEach(async () => {
  proxy = await startProxy(server.port);
  const hosts = [{ destination: 'com.crypto.us.left', servers: [proxy.url] }, { destination: 'com.crypto.us.right' }];
  network = createNetwork(server.url, hosts);
  [behind, direct] = network.nodes.map(({ config }) => config) as [string, string];
});

afterEach(async () => {
  network[Symbol.dispose]();
  await proxy[Symbol.asyncDispose]();
});

afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

describe('a connection that is half open: nothing comes through, and nobody closes it', () => {
  it('is noticed within 12 s, and the receiver gets the next message by a new one', async () => {
    const receiver = await startReady(behind, ['-u', 'half_open', '-t', '40s']);
    const frozenMs = performance.now();
    proxy.freeze();
    await receiver.said(LOST);
    // The machine that tests may be slow to run a timer.
    expect(performance.now() - frozenMs).toBeLessThan(12_000 + 1500);
    await receiver.said(BACK);
    await run(direct, ['-s', '-u', 'half_open', 'came through']);
    expect(await receiver.finished).toMatchObject({ exitCode: 0, stdout: 'came through\n' });
  });
});

describe('a connection that breaks before the server has the message', () => {
  it('makes -s send it on the next one', async () => {
    const receiver = await startReady(direct, ['-u', 'in_the_end', '-t', '30s']);
    cutAtPublishing();
    expect(await run(behind, ['-s', '-t', '20s', '-u', 'in_the_end'])).toMatchObject({ exitCode: 0 });
    expect((await receiver.finished).exitCode).toBe(0);
  });

  it('makes -r ask on the next one, and the reply is printed', async () => {
    const responder = await startReady(direct, ['-o', '-t', '30s', 'true']);
    cutAtPublishing();
    const request = await run(behind, ['-r', '-D', 'com.crypto.us.right', '-t', '20s']);
    expect(request).toMatchObject({ exitCode: 0, stdout: 'com.crypto.us.right,0,\n' });
    await responder.finished;
  });
});

describe('a connection that breaks between publishing and the confirmation', () => {
  it('makes -s send the same bytes again, on which receivers act once', async () => {
    const client = await connectRaw(server.url);
    const seen: string[] = [];
    client.subscribe('remaphore.all', { callback: (_, { data }) => void seen.push(Buffer.from(data).toString()) });
    await client.flush();
    const receiver = await startReady(direct, ['-t', '30s']);

    cutAtConfirmation();
    const sender = await run(behind, ['-s', '-t', '20s', 'only once']);
    expect(sender).toEqual({ exitCode: 0, stdout: '', stderr: `${LOST}${BACK}` });
    expect(proxy.accepted).toBe(2);

    await run(direct, ['-s', 'the next']);
    await receiver.printed('the next\n');
    receiver.kill('SIGTERM');
    expect((await receiver.finished).stdout).toBe('only once\nthe next\n');
    await client.flush();
    expect(seen).toHaveLength(3);
    expect(seen[1]).toBe(seen[0]);
    await client.close();
  });

  it('does not make a responder run its script twice', async () => {
    const responder = await startReady(direct, ['-t', '30s', 'sh', '-c', 'echo ran >&2; echo ran >> "$0"', log()]);
    cutAtConfirmation();
    await run(behind, ['-r', '-D', 'com.crypto.us.right', '-t', '2s']);
    expect(await run(direct, ['-r', '-D', 'com.crypto.us.right', '-t', '20s'])).toMatchObject({ exitCode: 0 });
    responder.kill('SIGTERM');
    await responder.finished;
    expect(readFileSync(log(), 'utf8')).toBe('ran\nran\n');
  });

  it('makes -s exit 3 when there is no confirmation in time', async () => {
    dropConfirmations();
    const { exitCode, stderr } = await run(behind, ['-s', '-t', '1s']);
    expect(exitCode).toBe(3);
    expect(stderr).toContain('remaphore: error: the server did not confirm the message in time\n');
  });

  it('keeps a receiver from saying that it is ready, which then exits 3', async () => {
    dropConfirmations();
    const { exitCode, stderr } = await run(behind, ['-t', '1s']);
    expect(stderr).not.toContain('remaphore: ready');
    expect(exitCode).toBe(3);
  });
});

function log(): string {
  return join(network.directory, 'log');
}

/** Breaks the first connection that publishes, before the server sees what. */
function cutAtPublishing(): void {
  let cuts = 0;
  proxy.fromClient = (chunk) => {
    if (!chunk.includes('PUB remaphore.') || ++cuts > 1) return chunk;
    proxy.cut();
    return undefined;
  };
}

/** The first PONG of a connection answers its CONNECT. The next one, which confirms, breaks the first connection. */
function cutAtConfirmation(): void {
  let pongs = 0;
  proxy.fromServer = (chunk) => {
    if (!chunk.includes(PONG)) return chunk;
    pongs++;
    if (pongs !== 2) return chunk;
    proxy.cut();
    return undefined;
  };
}

/** Lets through the PONG that answers CONNECT and no further one. */
function dropConfirmations(): void {
  let pongs = 0;
  proxy.fromServer = (chunk) => (chunk.includes(PONG) && ++pongs > 1 ? undefined : chunk);
}
