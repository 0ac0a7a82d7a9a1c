import type { Measure } from '../bench.ts';
import { start } from '../process.ts';
import { NODE } from '../programs.ts';
import { Witness } from '../witness.ts';

/** A whole process that sends one message, next to one of node's that does nothing. */
export const startMeasure: Measure = {
  rows: ['start'],
  inShort: true,
  async run({ programs, setting, results, rounds }) {
    const [{ config }] = setting.createThreeHosts();
    const witness = await Witness.open(setting);
    try {
      for (const _ of rounds(25)) {
        for (const program of programs) {
          const node = await start(NODE, [], config).succeeded();
          const sent = await witness.watchSending(program, config);
          results.add('start', program.name, sent.elapsedMs / node.elapsedMs);
        }
      }
    } finally {
      await witness.close();
    }
  },
};
