// No file descriptors left: what cannot be done is said, with an exit code that says it too; nothing hangs, no message is
// lost without a word, and all is well again once there are some. See also script-resources.test.ts.

import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openDurableChannel } from '../helpers/durable.ts';
import { openKeptSite } from '../helpers/kept.ts';
import { createNetwork, type TestNode } from '../helpers/network.ts';
import { until } from '../helpers/processes.ts';
import { type Ended, type Program, run, runShell, startReady } from '../helpers/program.ts';
import { startProxy } from '../helpers/proxy.ts';
import { openBench } from '../helpers/receiving.ts';
import { openScripts } from '../helpers/scripts.ts';

const bench = openBench();
const site = openKeptSite();
/** of one test */
const scripts = openScripts();

/** More than any of these programs opens. */
const PLENTY = 200;
/** No file that is opened from then on may have a higher number than the standard three have. */
const NONE = 3;

/** Sets how many a program may have from now on; what it has stays open. */
function limit({ pid }: Program, count: number): void {
  execFileSync('prlimit', ['--pid', `${pid}`, `--nofile=${count}:`]);
}

/** Runs the program with a number of descriptors that it may have from the start. */
function runWith(count: number, config: string, ...args: string[]): Promise<Ended> {
  const words = args.map((word) => `'${word}'`).join(' ');
  return runShell(config, `ulimit -n ${count}; exec "$REMAPHORE" ${words}`);
}

/** How few are enough for the runtime to start the program at all. */
async function findFewest(config: string): Promise<number> {
  let count = 24;
  while ((await runWith(count, config, '--version')).exitCode !== 0) count++;
  // A runtime that is given fewer may end in any way, and slowly.
  while (count > 4 && (await runWith(count - 1, config, '--version')).exitCode === 0) count--;
  return count;
}

describe('a program that is started with too few', () => {
  it('either does what it is to do, or says what is missing and ends with 3, 71 or 126', async () => {
    const { config } = site.right;
    const channel = await site.createChannel();
    await run(config, ['lock', 'few', 'true']);
    const fewest = await findFewest(config);
    for (let count = fewest; count < fewest + 4; count++) {
      const outcomes = await Promise.all([
        runWith(count, config, '-s', '-t', '2s', 'text'),
        runWith(count, config, '-S', channel, '-t', '1s'),
        runWith(count, config, '-S', channel, '-t', '1s', '--since', '1ms'),
        runWith(count, config, '-S', channel, '-t', '1s', '--durable', 'few'),
        runWith(count, config, 'lock', `few ${count}`, '-t', '2s', 'true'),
        runWith(count, config, 'history', '-S', channel, '-t', '2s', '--since', '1ms'),
        runWith(count, config, '--help'),
      ]);
      for (const [i, { exitCode, stderr }] of outcomes.entries()) {
        const what = { count, i, exitCode, stderr };
        expect(what).not.toMatchObject({ stderr: expect.stringMatching(/bug|\n {4}at /) });
        if (exitCode <= 1) continue;
        expect(what).toMatchObject({ stderr: expect.stringMatching(/too many open files|EMFILE/) });
        expect([3, 71, 126]).toContain(exitCode);
      }
    }
  });
});

describe('a receiver that has run out of them', () => {
  it('says of each message that its script cannot be run, and runs those that come when there are some again', async () => {
    const script = scripts.write('note', `echo "$2" >>${join(scripts.path, 'ran')}`);
    const receiver = await bench.receive(['-j', '50', script]);
    limit(receiver, NONE);
    const count = 20;
    await bench.wire.publish(...Array.from({ length: count }, () => bench.message({ payload: 'lost', quick: true })));
    await until('each is spoken of', () => receiver.stderr.split('cannot be run (EMFILE)').length > count);
    limit(receiver, PLENTY);
    await bench.wire.publish(bench.message({ payload: 'after' }));
    await until('it has run', () => scripts.lines('ran').length > 0);
    expect(scripts.lines('ran')).toEqual(['after']);
    receiver.kill('SIGTERM');
    expect(await receiver.finished).toMatchObject({ exitCode: 143 });
  });

  it('answers 126, and with -o and -e ends with it', async () => {
    const receiver = await bench.receive(['-o', '-e', 'true']);
    limit(receiver, NONE);
    const { exitCode, text } = await bench.wire.ask(bench.message({ wantsReply: true }));
    expect(exitCode).toBe(126);
    expect(text).toContain('EMFILE');
    expect((await receiver.finished).exitCode).toBe(126);
  });

  it('finds its server again when there are some again', async () => {
    await using proxy = await startProxy(site.server.port);
    const network = createNetwork(proxy.url, ['com.crypto.us.left', 'com.crypto.us.right']);
    onTestFinished(() => network[Symbol.dispose]());
    const [left, right] = network.nodes as [TestNode, TestNode];
    const receiver = await startReady(right.config, ['-o', '-t', '45s']);
    limit(receiver, NONE);
    const before = proxy.accepted;
    proxy.cut();
    await receiver.said('connection to the server lost');
    expect(proxy.accepted).toBe(before);
    limit(receiver, PLENTY);
    await receiver.said('connected to a server again');
    expect((await run(left.config, ['-s', 'after'])).exitCode).toBe(0);
    expect(await receiver.finished).toMatchObject({ exitCode: 0, stdout: 'after\n' });
  });
});

describe('a durable listener that has run out of them', () => {
  it('loses nothing: what could not be run is run when there are some again', async () => {
    const { script, listen, send, untilRan } = await openDurableChannel(site);
    const listener = await listen(['--durable', 'few', '-j', '50', script()]);
    await send('before');
    await untilRan(1);
    limit(listener, NONE);
    await send('a', 'b', 'c');
    await until('each has failed', () => listener.stderr.split('ended with 126, try 1: again in 1 s').length === 4);
    limit(listener, PLENTY);
    const tries = (await untilRan(4)).slice(1);
    expect(tries.map((line) => line.slice(-1)).sort()).toEqual(['a', 'b', 'c']);
    for (const line of tries) expect(Number.parseInt(line, 10)).toBeGreaterThan(1);
    listener.kill('SIGTERM');
    expect((await listener.finished).exitCode).toBe(143);
  });
});
