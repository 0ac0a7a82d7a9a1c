import type { Measure } from '../bench.ts';
import { Responders } from '../responders.ts';
import { median } from '../statistics.ts';

/** A request that a thousand hosts answer at once. */
export const requestMeasure: Measure = {
  rows: ['request-1000'],
  inShort: true,
  async run(bench) {
    const responders = await Responders.open(bench, 1000);
    const answeredMs: number[] = [];
    try {
      for (const _ of bench.rounds(15)) {
        for (const program of bench.programs) {
          const ended = await responders.check(responders.ask(program, '30s'));
          bench.results.add('request-1000', program.name, ended.elapsedMs);
          answeredMs.push(ended.answeredMs);
        }
      }
    } finally {
      await responders.close();
    }
    const writingMs = median(answeredMs).toFixed(0);
    bench.results.note(
      'request-1000',
      `the replies are signed beforehand; of the time, the one process that plays the responders takes ${writingMs} ms`,
    );
  },
};
