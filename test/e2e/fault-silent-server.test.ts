// Servers that take a connection and say nothing, or nothing more: every act ends when its time is over, and says why.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createNetwork, type TestNetwork, type TestNode } from '../helpers/network.ts';
import { type Ended, run, startReady } from '../helpers/program.ts';
import { type SilentServer, startProxy, startSilentServer, type TestProxy } from '../helpers/proxy.ts';
import { openScripts } from '../helpers/scripts.ts';
import { openSite } from '../helpers/site.ts';

const ACTS: [string, string[]][] = [
  ['a receiver', []],
  ['a receiver with a script', ['sh', '-c', 'echo >>ran']],
  ['a request', ['-r']],
  ['a send', ['-s']],
  ['a send that is to be kept', ['-s', '--keep']],
  ['a receiver of what was kept', ['--since', '1h']],
  ['a durable listener', ['--durable', 'work', 'sh', '-c', 'echo >>ran']],
];
const COMMANDS: [string, string[]][] = [
  ['a lock', ['lock', 'silent', '-t', '4s', '--', 'sh', '-c', 'echo >>ran']],
  ['a barrier', ['barrier', 'silent', '--parties', '2', '-t', '4s']],
];

/** The same with a time limit, which a script's own words would hide behind it. */
const LIMITED = [...ACTS.map(([name, words]) => [name, ['-t', '4s', ...words]] as const), ...COMMANDS];

const PONG = Buffer.from('PONG\r\n');

const scripts = openScripts();
const site = openSite(['com.crypto.us.left', 'com.crypto.us.right'], '', { jetStream: true });
let silent: SilentServer;

beforeAll(async () => {
  silent = await startSilentServer();
});

afterAll(async () => {
  await silent[Symbol.asyncDispose]();
});

describe('a server that accepts a connection and says nothing', () => {
  it('ends each act with 3 when its time is over, and nothing was run', async () => {
    using network = createNetwork(silent.url, ['com.crypto.us.left']);
    const ended = await runAll(network);
    for (const { stderr } of Object.values(ended)) {
      expect(stderr).toContain(`remaphore: error: no server could be reached: ${silent.url} (`);
    }
  });

  it('is passed over by a receiver whose own server is killed: the next one is used', async () => {
    const dead = await startProxy(site.server.port);
    const servers = [dead.url, silent.url, site.server.url];
    using network = createNetwork(site.server.url, [
      'com.crypto.us.left',
      { destination: 'com.crypto.us.right', servers },
    ]);
    const [left, right] = network.nodes as [TestNode, TestNode];
    const receiver = await startReady(right.config, ['-u', 'over', '-t', '45s']);
    await dead[Symbol.asyncDispose]();
    await receiver.said('remaphore: connected to a server again\n');
    expect((await run(left.config, ['-s', '-u', 'over'])).exitCode).toBe(0);
    expect((await receiver.finished).exitCode).toBe(0);
  });
});

describe('a server that lets a host in and says nothing from then on', () => {
  it('ends each act with 3 when its time is over, and nothing was run', async () => {
    await using proxy = await startMute();
    using network = createNetwork(proxy.url, ['com.crypto.us.left']);
    const ended = await runAll(network);
    for (const { stderr } of Object.values(ended)) {
      expect(stderr).toMatch(/^remaphore: error: .*(in time|when the time ran out)/m);
      expect(stderr).not.toContain('remaphore: ready');
    }
    expect(proxy.accepted).toBe(Object.keys(ended).length);
  });
});

/** Has every act run by itself, and expects of each the same. */
async function runAll({ nodes: [node] }: TestNetwork): Promise<Record<string, Ended>> {
  const { config } = node as TestNode;
  const running = LIMITED.map(
    async ([name, words]) => [name, await run(config, words, { cwd: scripts.path })] as const,
  );
  const ended = Object.fromEntries(await Promise.all(running));
  for (const name of Object.keys(ended)) {
    expect({ name, ...ended[name] }).toMatchObject({ name, exitCode: 3, stdout: '' });
  }
  expect(scripts.lines('ran')).toEqual([]);
  return ended;
}

/** A server that answers CONNECT on each connection, and then nothing any more. */
async function startMute(): Promise<TestProxy> {
  const proxy = await startProxy(site.server.port);
  proxy.fromServer = (chunk) => (chunk.includes('INFO ') || chunk.equals(PONG) ? chunk : undefined);
  // Only the first PING of a connection comes with its CONNECT; what is behind it does not reach the server.
  proxy.fromClient = (chunk) => (chunk.includes('CONNECT ') ? chunk : undefined);
  return proxy;
}
