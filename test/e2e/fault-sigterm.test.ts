// A receiver that is told to end, at the stages of its life that other tests do not have: while it waits is in
// signals.test.ts, while its script runs in script-stop.test.ts and script-stubborn.test.ts, and a lock's holder and its
// waiters in lock.test.ts and lock-holder.test.ts.

import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openKeptSite } from '../helpers/kept.ts';
import { isRunning, untilGone } from '../helpers/locks.ts';
import { createNetwork, type TestNode } from '../helpers/network.ts';
import { until } from '../helpers/processes.ts';
import { type Program, start } from '../helpers/program.ts';
import { startProxy } from '../helpers/proxy.ts';
import { openBench } from '../helpers/receiving.ts';
import { SLEEP } from '../helpers/running.ts';
import { openScripts } from '../helpers/scripts.ts';

const bench = openBench();
const site = openKeptSite();
/** of one test */
const scripts = openScripts();

const SIGNALS = [
  ['SIGTERM', 143],
  ['SIGINT', 130],
] as const;

/** Each kind of receiver, and what waits as one. */
const KINDS = [
  ['-t', '40s'],
  ['-t', '40s', '--since', '1h'],
  ['-t', '40s', '--durable', 'work'],
  ['lock', 'work', '-t', '40s', 'true'],
  ['barrier', 'work', '--parties', '2', '-t', '40s'],
];

/** Long before anything else would end it. */
const SOON_MS = 15_000;

/** Sends a signal, and expects an end by it, soon, without a word of a bug. */
async function endWith(program: Program, signal: NodeJS.Signals, exitCode: number, args: readonly string[]) {
  const startMs = performance.now();
  program.kill(signal);
  const ended = await program.finished;
  expect({ args, ...ended }).toMatchObject({ args, exitCode, stdout: '' });
  expect(ended.stderr).not.toMatch(/bug|\n {4}at /);
  expect(performance.now() - startMs).toBeLessThan(SOON_MS);
}

/** A host that knows one server only. */
function createHost(url: string): TestNode {
  const network = createNetwork(url, ['com.crypto.us.left']);
  onTestFinished(() => network[Symbol.dispose]());
  return network.nodes[0] as TestNode;
}

describe.each(SIGNALS)('%s while there is no connection yet', (signal, exitCode) => {
  it('ends what waits for a server that accepts connections and says nothing', async () => {
    const listener = createServer();
    listener.listen(0, '127.0.0.1');
    await once(listener, 'listening');
    const { config } = createHost(`nats://127.0.0.1:${(listener.address() as { port: number }).port}`);
    for (const args of KINDS) {
      const dialled = once(listener, 'connection');
      const program = start(config, args);
      await dialled;
      await endWith(program, signal, exitCode, args);
    }
    listener.close();
  });

  it('ends what waits for a server that has let it in and then says nothing any more', async () => {
    for (const args of KINDS) {
      await using proxy = await startProxy(site.server.port);
      const { config } = createHost(proxy.url);
      let connected = false;
      const stuck = new Promise<void>((resolve) => {
        proxy.fromServer = (chunk) => {
          if (connected) {
            resolve();
            return undefined;
          }
          // The first answer is to the connection's own question.
          connected = chunk.includes('PONG');
          return chunk;
        };
      });
      const program = start(config, args);
      await stuck;
      await endWith(program, signal, exitCode, args);
    }
  });
});

describe.each(SIGNALS)('%s while it waits', (signal, exitCode) => {
  it.each([
    ['with --since', ['--since', '1h']],
    ['with --durable', ['--durable', 'waits']],
  ])('ends a receiver %s at once', async (_, options) => {
    const channel = await site.createChannel();
    const program = start(site.right.config, ['-S', channel, '-t', '40s', ...options]);
    await program.said('ready');
    await endWith(program, signal, exitCode, options);
  });
});

/** A mkfifo(1) that says that it has begun, and waits; and the environment in which it is the one that is found. */
function writeSlowMkfifo() {
  const [begun, gate] = [join(scripts.path, 'begun'), join(scripts.path, 'gate')];
  scripts.write('mkfifo', `: >${begun}\nwhile ! [ -e ${gate} ]; do sleep 0.02; done\nexec /usr/bin/mkfifo "$@"`);
  return {
    env: { PATH: `${scripts.path}:${process.env['PATH']}` },
    untilBegun: () => until('a pipe is being made', () => existsSync(begun)),
    letGo: () => writeFileSync(gate, ''),
  };
}

describe.each(SIGNALS)('%s while the pipe for a script’s output is being made', (signal, exitCode) => {
  it('starts nothing any more, and says so in the reply and on standard error', async () => {
    const { env, untilBegun, letGo } = writeSlowMkfifo();
    const script = scripts.write('note', `echo run >>${join(scripts.path, 'ran')}`);
    const receiver = await bench.receive([script], { env });
    const reply = bench.wire.ask(bench.message({ wantsReply: true }));
    await untilBegun();
    receiver.kill(signal);
    letGo();
    expect(await reply).toMatchObject({
      exitCode: 143,
      text: `remaphore: ${script}: not started, since the end came first`,
    });
    expect(await receiver.finished).toMatchObject({
      exitCode,
      stderr: `remaphore: ready\nremaphore: warning: ${script}: not started, since the end came first\n`,
    });
    expect(scripts.lines('ran')).toEqual([]);
  });
});

describe('SIGTERM while the script’s output is still kept open by what it left behind', () => {
  it('lets the reply go out as the script ended, and leaves alone what is not the script', async () => {
    const pid = join(scripts.path, 'pid');
    const script = scripts.write(
      'leaves',
      `${SLEEP} &\necho $! $$ >${pid}.new; mv ${pid}.new ${pid}; echo out; exit 7`,
    );
    const receiver = await bench.receive([script]);
    const reply = bench.wire.ask(bench.message({ wantsReply: true }));
    await until('the script has begun', () => existsSync(pid));
    const [left = 0, own = 0] = (scripts.lines('pid')[0] ?? '').split(' ').map(Number);
    onTestFinished(() => {
      if (left > 1 && isRunning(left)) process.kill(left, 'SIGKILL');
    });
    await untilGone(own);
    receiver.kill('SIGTERM');
    expect(await reply).toMatchObject({ exitCode: 7, text: 'out\n' });
    expect((await receiver.finished).exitCode).toBe(143);
  });
});

describe('SIGTERM while a reply cannot be sent', () => {
  it('ends the receiver within the time that a reply may take, which says whose reply is lost', async () => {
    await using proxy = await startProxy(site.server.port);
    const network = createNetwork(proxy.url, ['com.crypto.us.left', 'com.crypto.us.right']);
    onTestFinished(() => network[Symbol.dispose]());
    const [left, right] = network.nodes as [TestNode, TestNode];
    const [ended, gate] = [join(scripts.path, 'ended'), join(scripts.path, 'gate')];
    const script = scripts.write('gated', `echo $$ >>${ended}\nwhile ! [ -e ${gate} ]; do sleep 0.02; done`);
    const receiver = start(right.config, ['-t', '40s', script]);
    await receiver.said('ready');
    const asker = start(left.config, ['-r', '-D', right.destination, '-t', '40s']);
    await until('the script runs', () => scripts.lines('ended').length === 1);
    asker.kill('SIGTERM');
    await asker.finished;
    proxy.freeze();
    writeFileSync(gate, '');
    await untilGone(Number(scripts.lines('ended')[0]));
    await endWith(receiver, 'SIGTERM', 143, []);
    expect(receiver.stderr).toContain(`warning: the reply to ${left.destination} could not be sent: `);
    expect(scripts.lines('ended')).toHaveLength(1);
  });
});
