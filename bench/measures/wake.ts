import { forgeMessage } from '../../test/helpers/forge.ts';
import { toFrame } from '../../test/helpers/raw-publisher.ts';
import type { Measure } from '../bench.ts';
import { start } from '../process.ts';
import { SUBJECT } from '../setting.ts';

const UUID = 'upload_done';

/** The time from a signal to what the shell does next. */
export const wakeMeasure: Measure = {
  rows: ['wake'],
  inShort: true,
  async run({ programs, setting, results, rounds }) {
    const [waiting, sending] = setting.createThreeHosts();
    for (const _ of rounds(25)) {
      for (const program of programs) {
        const waiter = start(program, ['-u', UUID], waiting.config);
        await waiter.ready();
        const message = forgeMessage(sending.keys, { uuidHex: Buffer.from(UUID).toString('hex'), quick: true });
        const frame = toFrame(message, SUBJECT);
        const publishedMs = performance.now();
        setting.publisher.write(frame);
        const { endedMs } = await waiter.succeeded();
        results.add('wake', program.name, endedMs - publishedMs);
      }
    }
  },
};
