import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { forgeMessage } from '../helpers/forge.ts';
import { createNetwork, type TestNetwork, type TestNode } from '../helpers/network.ts';
import { type Ended, run, startReady } from '../helpers/program.ts';
import { type SilentServer, startProxy, startSilentServer } from '../helpers/proxy.ts';
import { findFreePort, startServer, type TestServer } from '../helpers/server.ts';
import { connectRaw } from '../helpers/wire.ts';

const HOSTS = ['com.crypto.us.left', 'com.crypto.us.right'];

let server: TestServer;
let refusing: string;
let silent: SilentServer;

beforeAll(async () => {
  server = await startServer();
  refusing = `nats://127.0.0.1:${await findFreePort()}`;
  silent = await startSilentServer();
});

afterAll(async () => {
  await silent[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

describe('two configured servers, the first dead', () => {
  it.each([
    ['refusing connections', () => refusing, '5s'],
    ['accepting connections and saying nothing', () => silent.url, '12s'],
  ])('%s: the second is used', async (_, address, limit) => {
    using network = createNetwork([address(), server.url], HOSTS);
    const [left, right] = configs(network);
    const [receiver, sender] = await Promise.all([
      startReady(right, ['-o', '-v', 'second', '-t', '30s']),
      run(left, ['-s', '-t', limit]),
    ]);
    expect(sender).toEqual({ exitCode: 0, stdout: '', stderr: '' });
    const client = await connectRaw(server.url);
    const [{ keys }] = network.nodes as [TestNode];
    client.publish('remaphore.all', forgeMessage(keys, { verb: 'second', payload: 'by the second' }));
    expect(await receiver.finished).toMatchObject({ exitCode: 0, stdout: 'by the second\n' });
    await client.close();
  });

  it('on one server line, separated by a comma: the second is used', async () => {
    using network = createNetwork(`${refusing}, ${server.url}`, HOSTS);
    expect(await run(configs(network)[0], ['-s'])).toMatchObject({ exitCode: 0 });
  });
});

describe('two configured servers, the first lost while a receiver waits', () => {
  it('gets the receiver the next message by the second', async () => {
    await using proxy = await startProxy(server.port);
    using network = createNetwork([proxy.url, server.url], HOSTS);
    const [left, right] = configs(network);
    const receiver = await startReady(right, ['-u', 'failover', '-t', '30s']);
    await proxy[Symbol.asyncDispose]();
    await receiver.said('remaphore: connected to a server again\n');
    await run(left, ['-s', '-u', 'failover', 'by the second']);
    expect(await receiver.finished).toMatchObject({ exitCode: 0, stdout: 'by the second\n' });
  });
});

describe('no server at all', () => {
  it('ends -s with 3 after about 5 s, naming the servers and why', async () => {
    using network = createNetwork([refusing, 'nats://localhost:1'], HOSTS);
    const [ended, ms] = await timed(run(configs(network)[0], ['-s']));
    expect(ended).toMatchObject({ exitCode: 3, stdout: '' });
    expect(ended.stderr).toMatch(/^remaphore: error: no server could be reached: .+\n$/);
    expect(ended.stderr).toContain(`${refusing} (connection refused)`);
    expect(ended.stderr).toContain('nats://localhost:1 (connection refused)');
    expect(ms).toBeGreaterThan(4500);
    expect(ms).toBeLessThan(7500);
  });

  it('ends -s with 3 after -t, also when a server accepts the connection and says nothing', async () => {
    using network = createNetwork([silent.url], HOSTS);
    const [ended, ms] = await timed(run(configs(network)[0], ['-s', '-t', '600ms']));
    expect(ended.exitCode).toBe(3);
    expect(ended.stderr).toContain(silent.url);
    expect(ms).toBeLessThan(3000);
  });

  it.each([
    ['a receiver', []],
    ['a receiver that waits for one', ['-u', 'x']],
    ['a receiver with a script', ['true']],
    ['a request', ['-r']],
  ])('ends %s with 3, not 1, when -t runs out', async (_, words) => {
    using network = createNetwork([refusing], HOSTS);
    const [ended, ms] = await timed(run(configs(network)[0], ['-t', '600ms', ...words]));
    expect(ended).toMatchObject({ exitCode: 3, stdout: '' });
    expect(ended.stderr).toContain(refusing);
    expect(ended.stderr).not.toContain('remaphore: ready');
    expect(ms).toBeLessThan(3000);
  });

  it.each([
    ['that is not a NATS server', 'HTTP/1.1 400 Bad Request\r\n\r\n'],
    ['whose INFO is not JSON', 'INFO nonsense\r\n'],
    ['whose INFO is empty', 'INFO {}\r\n'],
  ])('but one %s: exit 3, and standard output stays empty', async (_, greeting) => {
    await using other = await startSilentServer(greeting);
    using network = createNetwork([other.url], HOSTS);
    const { exitCode, stdout, stderr } = await run(configs(network)[0], ['-u', 'x', '-t', '800ms']);
    expect({ exitCode, stdout }).toEqual({ exitCode: 3, stdout: '' });
    expect(stderr).toContain(other.url);
  });

  it('lets a receiver wait for one to come up', async () => {
    await using late = await startServer();
    await late.stop();
    using network = createNetwork([late.url], HOSTS);
    const waiting = startReady(configs(network)[1], ['-u', 'late', '-t', '30s']);
    // A sender that gives up has tried for longer than the receiver needs to have started and been refused.
    expect((await run(configs(network)[0], ['-s', '-t', '500ms'])).exitCode).toBe(3);
    await late.start();
    const receiver = await waiting;
    await run(configs(network)[0], ['-s', '-u', 'late']);
    expect((await receiver.finished).exitCode).toBe(0);
  });
});

function configs(network: TestNetwork): [string, string] {
  return network.nodes.map(({ config }) => config) as [string, string];
}

async function timed(running: Promise<Ended>): Promise<[Ended, number]> {
  const startedMs = performance.now();
  const ended = await running;
  return [ended, performance.now() - startedMs];
}
