import { readStatus } from '../../test/helpers/processes.ts';
import type { Measure } from '../bench.ts';
import type { Started } from '../process.ts';
import { Responders } from '../responders.ts';
import { median } from '../statistics.ts';

const COUNT = 50_000;
const POLL_MS = 20;

/** A request to as many hosts as anybody has: how long it takes, and how much memory. */
export const requestManyMeasure: Measure = {
  rows: ['request-50000', 'request-50000-memory'],
  inShort: false,
  async run(bench) {
    const { programs, results, rounds } = bench;
    const responders = await Responders.open(bench, COUNT);
    const answeredMs: number[] = [];
    try {
      for (const _ of rounds(3)) {
        for (const program of programs) {
          const asker = responders.ask(program, '30s');
          const peak = watchPeak(asker);
          const ended = await responders.check(asker);
          answeredMs.push(ended.answeredMs);
          const peakWithoutReplies = await responders.askInVain(program, watchPeak);
          results.add('request-50000', program.name, ended.elapsedMs / 1000);
          results.add('request-50000-memory', program.name, (await peak) - peakWithoutReplies);
        }
      }
    } finally {
      await responders.close();
    }
    const writingS = (median(answeredMs) / 1000).toFixed(2);
    results.note('request-50000', `as with 1,000; the process that plays the responders takes ${writingS} s`);
    results.note(
      'request-50000-memory',
      `peak (VmHWM, read every ${POLL_MS} ms) of the asker that all answer, less that of one with the same ` +
        'configuration and `-t 1s` that nobody answers',
    );
  },
};

/** @returns the most memory that was resident until its end, in MB of 1,024 kB */
async function watchPeak(asker: Started): Promise<number> {
  let peakKb = 0;
  const timer = setInterval(() => {
    try {
      // A process that has ended but has not been waited for has none.
      peakKb = Math.max(peakKb, readStatus(asker.pid, 'VmHWM') || 0);
    } catch {
      // It has ended.
    }
  }, POLL_MS);
  await asker.ended;
  clearInterval(timer);
  return peakKb / 1024;
}
