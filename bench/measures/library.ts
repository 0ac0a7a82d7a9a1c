import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { forgeMessage } from '../../test/helpers/forge.ts';
import type { Bench, Measure } from '../bench.ts';
import { type Burst, toBursts } from '../flood.ts';
import { RoleProcess } from '../role-process.ts';

const MESSAGES = 50_000;
const BURST = 250;
/** A receiver's bound for what waits for verification is above this. */
const MAX_OUTSTANDING = 4000;
const STUCK_MS = 20_000;
const POLL_MS = 1;

/** What the consumer says: how many messages it has taken, and when by the monotonic clock; or what it was told. */
export type TakerReport = { taken: number; atNs: string } | { notice: string };

/** How many messages a program that uses the library can take. */
export const libraryMeasure: Measure = {
  rows: ['library'],
  inShort: false,
  async run(bench) {
    const { setting, results, rounds } = bench;
    const [taking, sending] = setting.createThreeHosts();
    const messages = Array.from({ length: MESSAGES }, (_, i) =>
      forgeMessage(sending.keys, { payload: `build ${i} of the nightly run is there`, quick: true }),
    );
    const bursts = toBursts(messages, BURST);
    for (const _ of rounds(3)) results.add('library', 'bundle', await measureTaking(bench, taking.config, bursts));
    results.note('library', 'of the built library, in a process of its own; an executable has none');
  },
};

/** @returns messages a second from the first publication to the last delivery */
async function measureTaking({ setting, root, roles }: Bench, config: string, bursts: Burst[]): Promise<number> {
  const taker = RoleProcess.start(roles, 'taker', [join(root, 'dist/index.js'), config]);
  try {
    await taker.next();
    let latest = { taken: 0, atNs: '0' };
    let notice: string | undefined;
    taker.onMessage<TakerReport>((report) => {
      if ('notice' in report) notice = report.notice;
      else latest = report;
    });
    const until = async (holds: () => boolean) => {
      const deadlineMs = performance.now() + STUCK_MS;
      while (!holds()) {
        if (notice !== undefined) throw new Error(`the library said ${notice}`);
        if (performance.now() > deadlineMs) throw new Error(`the library delivered ${latest.taken} of ${MESSAGES}`);
        await delay(POLL_MS);
      }
    };
    const startedNs = process.hrtime.bigint();
    let sent = 0;
    for (const { frames, messages } of bursts) {
      await until(() => sent + messages - latest.taken <= MAX_OUTSTANDING);
      setting.publisher.write(frames);
      sent += messages;
    }
    await until(() => latest.taken >= MESSAGES);
    return MESSAGES / (Number(BigInt(latest.atNs) - startedNs) / 1e9);
  } finally {
    await taker.end();
  }
}
