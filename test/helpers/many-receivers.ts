// Many receivers on one host.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createNetwork, type TestNode } from './network.ts';
import { type Ended, type Program, run, startReady } from './program.ts';
import { createScripts } from './scripts.ts';
import { startServer } from './server.ts';

/** Starting takes the processors for itself: so many at a time. */
const WAVE = 20;

/** What came of one message for many receivers. */
export interface Outcome {
  /** the process ids that the scripts had, one line for each run */
  ran: string[];
  ended: Ended[];
  /** of one receiver that waits, by the mean: what it does not share with others, and its part of what it does (Pss) */
  meanBytes: number;
  /** until all were ready */
  readyMs: number;
  /** from the message until the last had ended */
  endedMs: number;
}

/** Starts so many receivers, by one configuration, sends one message when all are ready, and waits until all have ended. */
export async function signalMany(count: number): Promise<Outcome> {
  await using server = await startServer();
  // They share two processors when the message comes: that is a matter of time, and not what is tested.
  const lines = 'allow_skew: 60s';
  using network = createNetwork(
    server.url,
    ['com.crypto.us.left', 'com.crypto.us.right'].map((destination) => ({ destination, lines })),
  );
  const [left, right] = network.nodes as [TestNode, TestNode];
  using scripts = createScripts();
  const script = scripts.write('note', `echo $$ >>${join(scripts.path, 'ran')}`);
  const receivers: Program[] = [];
  try {
    const startMs = performance.now();
    while (receivers.length < count) {
      const wave = Math.min(WAVE, count - receivers.length);
      const begin = () => startReady(right.config, ['-o', '-e', '-t', '10m', script], { limitMs: 300_000 });
      receivers.push(...(await Promise.all(Array.from({ length: wave }, begin))));
    }
    const readyMs = performance.now() - startMs;
    const meanBytes = receivers.reduce((sum, { pid }) => sum + readPss(pid), 0) / count;
    const sentMs = performance.now();
    const { exitCode, stderr } = await run(left.config, ['-s', 'all of you']);
    if (exitCode !== 0) throw new Error(stderr);
    const ended = await Promise.all(receivers.map(({ finished }) => finished));
    return { ran: scripts.lines('ran'), ended, meanBytes, readyMs, endedMs: performance.now() - sentMs };
  } finally {
    for (const receiver of receivers) receiver.kill('SIGKILL');
  }
}

function readPss(pid: number): number {
  const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  return Number(/^Pss:\s+([0-9]+) kB/m.exec(text)?.[1]) * 1024;
}

/** The figures in one line. */
export function describeOutcome({ ended, meanBytes, readyMs, endedMs }: Outcome): string {
  const mean = (meanBytes / 1024 / 1024).toFixed(1);
  const [ready, done] = [readyMs, endedMs].map((ms) => (ms / 1000).toFixed(1));
  return `${ended.length} receivers: ready after ${ready} s, ${mean} MB each, all ended ${done} s after the message\n`;
}
