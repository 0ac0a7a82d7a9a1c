// How long to wait: the forms of -t, and what comes of each act when the time runs out.

import { describe, expect, it } from 'vitest';
import { createNetwork } from '../helpers/network.ts';
import { type Ended, run, start, startReady } from '../helpers/program.ts';
import { findFreePort, startServer } from '../helpers/server.ts';
import { openSite } from '../helpers/site.ts';
import { Wiretap } from '../helpers/wiretap.ts';

const site = openSite(['com.crypto.us.left', 'com.crypto.us.right']);
const [left, right] = site.nodes;

/** Runs the program to its end, and says how long that took. */
async function measure(config: string, args: readonly string[]): Promise<Ended & { tookMs: number }> {
  const startMs = performance.now();
  const ended = await run(config, args);
  return { ...ended, tookMs: performance.now() - startMs };
}

describe('a receiver to which nothing is sent', () => {
  // Long enough to be connected by then on a busy machine.
  it.concurrent.each([
    [['-t', '2000ms']],
    [['-t2s']],
    [['-t=2s']],
    [['--timeout', '1.5s500ms']],
    [['--timeout=0h0m2s']],
    [['-t', '1h', '-t', '2000000us']],
    [['-t', '0.00002315d']],
    [['-d', '-t', '2s']],
    [['-t', '2s', 'true']],
  ])('ends with 1 after the time given as %j', async (args) => {
    const { exitCode, stdout, stderr, tookMs } = await measure(right.config, args);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toMatch(/^remaphore: ready\n/);
    expect(stderr).not.toContain('error');
    expect(tookMs).toBeGreaterThanOrEqual(2000);
  });

  it('ends with 0 when something has come before, since that is what it waited for', async () => {
    const receiver = await startReady(right.config, ['-S', 'came', '-t', '2s']);
    await run(left.config, ['-s', '-S', 'came', 'text']);
    expect(await receiver.finished).toMatchObject({ exitCode: 0, stdout: 'text\n' });
  });
});

describe('no limit', () => {
  it.concurrent.each([
    ['-t 0', ['-t', '0']],
    ['-t 0s', ['-t', '0s']],
    ['no -t', []],
    ['more than one timer can wait', ['-t', '100d']],
  ])('is what %s means to a receiver', async (name, args) => {
    const channel = name.replaceAll(' ', '_');
    const receiver = await startReady(right.config, ['-S', channel, '-o', ...args]);
    // It is still there after a time in which a limit of nothing would have ended it.
    await run(left.config, ['-s', '-S', 'elsewhere']);
    await run(left.config, ['-s', '-S', channel, 'text']);
    expect(await receiver.finished).toMatchObject({ exitCode: 0, stdout: 'text\n' });
  });

  it.each([['-t', '0'], []])('is what it means to a request: %j %j', async (...args) => {
    const wiretap = await Wiretap.open(site.server.url);
    const asker = start(left.config, ['-r', '-D', 'com.crypto.us.right', ...args.filter(Boolean)]);
    await wiretap.next();
    // The request is out and waits: only a signal ends it.
    await run(left.config, ['-s']);
    asker.kill('SIGTERM');
    expect((await asker.finished).exitCode).toBe(143);
    await wiretap.close();
  });

  it('is what -t 0 means to a sender, which waits for a server to come', async () => {
    const late = await startServer();
    await late.stop();
    using hosts = createNetwork(late.url, ['com.a']);
    const sender = start(hosts.nodes[0]?.config as string, ['-s', '-t', '0']);
    await late.start();
    expect(await sender.finished).toMatchObject({ exitCode: 0 });
    await late[Symbol.asyncDispose]();
  });
});

describe('a server that cannot be reached', () => {
  it.concurrent.each([
    ['a sender', ['-s', '-t', '500ms']],
    ['a receiver', ['-t', '500ms']],
    ['a receiver for one message', ['-u', 'x', '-t', '500ms']],
    ['a request', ['-r', '-t', '500ms']],
  ])('ends %s with 3 when the time is over', async (_, args) => {
    const port = await findFreePort();
    using hosts = createNetwork(`nats://127.0.0.1:${port}`, ['com.a']);
    const { exitCode, stdout, stderr, tookMs } = await measure(hosts.nodes[0]?.config as string, args);
    expect({ exitCode, stdout }).toEqual({ exitCode: 3, stdout: '' });
    expect(stderr).toMatch(/^remaphore: error: no server could be reached: [^\n]+\n$/);
    expect(stderr).toContain(String(port));
    expect(tookMs).toBeGreaterThanOrEqual(500);
  });

  it('ends a sender with 3 after five seconds when no time is given', async () => {
    const port = await findFreePort();
    using hosts = createNetwork(`nats://127.0.0.1:${port}`, ['com.a']);
    const { exitCode, tookMs } = await measure(hosts.nodes[0]?.config as string, ['-s']);
    expect(exitCode).toBe(3);
    expect(tookMs).toBeGreaterThanOrEqual(5000);
    expect(tookMs).toBeLessThan(9000);
  });
});
