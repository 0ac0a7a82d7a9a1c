import { setTimeout as delay } from 'node:timers/promises';
import { readStatus } from '../../test/helpers/processes.ts';
import type { Measure } from '../bench.ts';
import { start } from '../process.ts';

/** How long a waiter has been idle when it is looked at. */
const IDLE_MS = 2000;

/** What a waiter takes of a host's memory while nothing comes. */
export const memoryMeasure: Measure = {
  rows: ['memory'],
  inShort: true,
  async run({ programs, setting, results, rounds }) {
    const [host] = setting.createThreeHosts();
    const waiters = [];
    for (const _ of rounds(5)) {
      for (const program of programs) {
        const waiter = start(program, ['-u', 'upload_done'], host?.config as string);
        await waiter.ready();
        waiters.push({ program, waiter });
      }
    }
    // What is measured is the waiting.
    await delay(IDLE_MS);
    for (const { program, waiter } of waiters) {
      results.add('memory', program.name, readStatus(waiter.pid, 'VmRSS') / 1024);
      await waiter.kill();
    }
    results.note('memory', `VmRSS after ${IDLE_MS / 1000} s without a message, MB of 1,024 kB`);
  },
};
