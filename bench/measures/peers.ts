import { createManyKeys } from '../../test/helpers/forge.ts';
import type { TestNode } from '../../test/helpers/network.ts';
import type { Measure } from '../bench.ts';
import { start } from '../process.ts';
import type { BenchProgram } from '../programs.ts';
import { Witness } from '../witness.ts';

const PEERS = 10_000;

/** What a long list of peers costs at each start, compared with a list of three. */
export const peersMeasure: Measure = {
  rows: ['send-10000-peers', 'receive-10000-peers'],
  inShort: false,
  async run({ programs, setting, results, rounds, wants }) {
    const three = [{ destination: 'com.bench.left' }, { destination: 'com.bench.right' }];
    const lines = createManyKeys(PEERS - 3).map(({ publicKey }, i) => `com.bench.host${i} ${publicKey} [*]`);
    const destination = 'com.bench.middle';
    const [few] = setting.createHosts({ destination }, ...three) as [TestNode];
    const [many] = setting.createHosts({ destination, peers: lines.join('\n') }, ...three) as [TestNode];

    const witness = await Witness.open(setting);
    const send = async (program: BenchProgram, { config }: TestNode) =>
      (await witness.watchSending(program, config)).elapsedMs;
    const receive = async (program: BenchProgram, { config }: TestNode) => {
      const waiter = start(program, ['-u', 'upload_done'], config);
      const readyMs = await waiter.ready();
      await waiter.kill();
      return readyMs;
    };
    try {
      for (const [row, measure] of [
        ['send-10000-peers', send],
        ['receive-10000-peers', receive],
      ] as const) {
        if (!wants(row)) continue;
        for (const _ of rounds(25)) {
          for (const program of programs) {
            const fewMs = await measure(program, few);
            results.add(row, program.name, (await measure(program, many)) - fewMs);
          }
        }
      }
    } finally {
      await witness.close();
    }
  },
};
