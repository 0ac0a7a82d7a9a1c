import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hasPendingSignal, killProcess, listGroup, until } from '../helpers/processes.ts';
import { openBench } from '../helpers/receiving.ts';
import { SLEEP, startRunning, writeWaiting } from '../helpers/running.ts';
import { openScripts } from '../helpers/scripts.ts';

/** How long a script may take to end after SIGTERM. */
const GRACE_MS = 5000;

const bench = openBench();
/** of one test */
const scripts = openScripts();

const STUBBORN = ['trap "" TERM', `while :; do ${SLEEP}; done`] as const;

describe('a script that ignores SIGTERM', () => {
  it('gets SIGKILL five seconds later, with everything in its process group', async () => {
    const { receiver, reply, group } = await startRunning(bench, scripts, [
      writeWaiting(scripts, `${STUBBORN[0]}; ${SLEEP} & ${SLEEP} &`, STUBBORN[1]),
    ]);
    await until('its children are there', () => listGroup(group).length === 4);
    const startMs = performance.now();
    receiver.kill('SIGTERM');
    expect((await reply).exitCode).toBe(137);
    expect(performance.now() - startMs).toBeGreaterThan(GRACE_MS - 100);
    expect((await receiver.finished).exitCode).toBe(143);
    // The receiver starts no clock of its own beyond that; the margin is for a machine that is busy.
    expect(performance.now() - startMs).toBeLessThan(GRACE_MS + 3000);
    expect(listGroup(group)).toEqual([]);
  });

  it.each(['SIGTERM', 'SIGINT'] as const)('gets SIGKILL at once when a second signal comes: %s', async (signal) => {
    const { receiver, reply, group } = await startRunning(bench, scripts, [writeWaiting(scripts, ...STUBBORN)]);
    const startMs = performance.now();
    receiver.kill('SIGTERM');
    // Two that come together could be one.
    await until('the first has arrived', () => !hasPendingSignal(receiver.pid));
    receiver.kill(signal);
    expect((await reply).exitCode).toBe(137);
    expect((await receiver.finished).exitCode).toBe(143);
    expect(performance.now() - startMs).toBeLessThan(GRACE_MS - 500);
    expect(listGroup(group)).toEqual([]);
  });
});

describe('what a script started', () => {
  it('is ended although the script itself ended at SIGTERM and its children do not', async () => {
    const child = `(trap "" TERM; touch ${join(scripts.path, 'child')}; while :; do ${SLEEP}; done) &`;
    const { receiver, reply, group } = await startRunning(bench, scripts, [
      writeWaiting(scripts, `${child} trap "exit 3" TERM`, 'wait'),
    ]);
    await until('the child is deaf', () => existsSync(join(scripts.path, 'child')));
    receiver.kill('SIGTERM');
    expect((await reply).exitCode).toBe(3);
    expect((await receiver.finished).exitCode).toBe(143);
    expect(listGroup(group)).toEqual([]);
  });

  it('lives on if it made itself a session of its own', async () => {
    const pidFile = join(scripts.path, 'pid');
    const child = `setsid sh -c 'echo $$ >${pidFile}; exec ${SLEEP}' >/dev/null 2>&1 &`;
    const { receiver, reply } = await startRunning(bench, scripts, [writeWaiting(scripts, child, SLEEP)]);
    await until('the child is there', () => scripts.lines('pid').length === 1);
    receiver.kill('SIGTERM');
    await reply;
    await receiver.finished;
    const pid = Number(scripts.lines('pid')[0]);
    expect(listGroup(pid)).toEqual([pid]);
    killProcess(pid);
  });
});

describe('a child of the script that has ended and that nobody has reaped', () => {
  it('holds nothing up', async () => {
    // Its parent leaves the group, and then is a program that never asks after its children: so it is with the first
    // process of many a container.
    const careless = `sh -c '${SLEEP} & exec setsid ${SLEEP}' >/dev/null 2>&1 & echo $! >${join(scripts.path, 'pid')}`;
    const { receiver, reply, group } = await startRunning(bench, scripts, [writeWaiting(scripts, careless, SLEEP)]);
    const parent = Number(scripts.lines('pid')[0]);
    await until('the parent has left', () => listGroup(parent).length === 1);
    const startMs = performance.now();
    receiver.kill('SIGTERM');
    await reply;
    await receiver.finished;
    const tookMs = performance.now() - startMs;
    expect(listGroup(group)).toEqual([]);
    killProcess(parent);
    expect(tookMs).toBeLessThan(GRACE_MS - 500);
  });
});

describe('a script that stopped itself', () => {
  it('is woken to get its SIGTERM', async () => {
    const { receiver, reply, group } = await startRunning(bench, scripts, [
      writeWaiting(scripts, 'trap "exit 9" TERM', 'kill -STOP $$; echo woken'),
    ]);
    const startMs = performance.now();
    receiver.kill('SIGTERM');
    expect((await reply).exitCode).toBe(9);
    await receiver.finished;
    expect(performance.now() - startMs).toBeLessThan(GRACE_MS - 500);
    expect(listGroup(group)).toEqual([]);
  });
});
