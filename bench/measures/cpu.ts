// What a waiter spends on each message that is not for it. Everything is right with a message but what its row names.

import { randomBytes } from 'node:crypto';
import { type ForgedFields, forgeMessage, type TestKeys } from '../../test/helpers/forge.ts';
import type { TestNode } from '../../test/helpers/network.ts';
import { toFrame } from '../../test/helpers/raw-publisher.ts';
import { alterField } from '../../test/helpers/tamper.ts';
import type { Bench, Measure } from '../bench.ts';
import { CpuClock } from '../cpu-time.ts';
import { type Burst, sendBursts, toBursts } from '../flood.ts';
import { type Started, start } from '../process.ts';
import type { BenchProgram } from '../programs.ts';
import type { RowName } from '../rows.ts';
import { SUBJECT } from '../setting.ts';
import { median } from '../statistics.ts';
import { formatFigure } from '../table.ts';
import type { Yardsticks } from '../yardstick.ts';

/** What the flood's messages carry, and what no message of it carries. */
const UUID = 'flood';
const OTHER_UUID = 'NEVER';
const DESTINATION = 'com.bench.here';

const WARM_UP = 20_000;
/** What is refused for its fields is not remembered, and may come again: what is hot gets compiled after so many. */
const WARM_UP_TIMES = 5;
const BURST = 20_000;
/** A receiver has a bound for what waits for its verification. */
const VERIFIED_BURST = 2000;

/** One row: who waits for what, what it gets, and what wakes it in the end. */
interface Case {
  row: RowName;
  config: string;
  uuid: string;
  warmUp: Burst[];
  flood: Burst[];
  sender: TestKeys;
  fields: ForgedFields;
}

export const cpuMeasure: Measure = {
  rows: ['other-destination', 'unknown-key', 'junk', 'other-uuid', 'forged'],
  inShort: true,
  async run(bench) {
    const mainUs = new Map<string, number[]>();
    for (const one of prepareCases(bench).filter(({ row }) => bench.wants(row))) {
      for (const _ of bench.rounds(3, 2)) {
        for (const program of bench.programs) {
          const { allUs, mainUs: us } = await measureCase(bench, program, one);
          bench.results.add(one.row, program.name, allUs);
          if (one.row !== 'forged') continue;
          mainUs.set(program.name, [...(mainUs.get(program.name) ?? []), us]);
          // Not even half a verification can be done there.
          const { verificationUs } = bench.results.yardsticks('forged') as Yardsticks;
          if (program.name !== 'peer' && us > verificationUs / 2) {
            throw new Error(`forged: ${us.toFixed(1)} µs a message on the main thread of the ${program.name}`);
          }
        }
      }
    }
    for (const [name, values] of mainUs) {
      bench.results.note('forged', `on the main thread of the ${name}: ${formatFigure(median(values))} µs`);
    }
  },
};

function prepareCases({ setting, short }: Bench): Case[] {
  const [here, there, sending] = setting.createHosts(
    { destination: DESTINATION },
    { destination: 'com.bench.there' },
    { destination: 'com.bench.sender' },
  ) as [TestNode, TestNode, TestNode];
  const [stranger, ally] = setting.createHosts(
    { destination: DESTINATION },
    { destination: 'com.bench.ally' },
    { destination: 'com.bench.friend' },
  ) as [TestNode, TestNode];

  const count = short ? 20_000 : 200_000;
  const fields = (i: number): ForgedFields => ({
    destination: DESTINATION,
    uuidHex: Buffer.from(UUID).toString('hex'),
    payload: `build ${i} of the nightly run is there`,
    quick: true,
  });
  const signed = Array.from({ length: WARM_UP + count }, (_, i) => forgeMessage(sending.keys, fields(i)));
  const junk = Array.from({ length: WARM_UP + count }, () => randomBytes(200));
  // Another message's signature is as good a forgery as any.
  const forgedCount = short ? 6000 : 20_000;
  const forged = Array.from({ length: 2 * forgedCount }, (_, i) =>
    alterField(signed[0] as Buffer, 7, `build ${i} of another run is there`),
  );

  const split = (messages: Buffer[], warmUp: number, perBurst: number, times = WARM_UP_TIMES) => ({
    warmUp: Array.from({ length: times }, () => toBursts(messages.slice(0, warmUp), perBurst)).flat(),
    flood: toBursts(messages.slice(warmUp), perBurst),
  });
  const honest = split(signed, WARM_UP, BURST);
  const own = { config: here.config, uuid: UUID, sender: sending.keys, fields: { destination: DESTINATION } };
  return [
    { ...own, ...honest, row: 'other-destination', config: there.config, fields: { destination: there.destination } },
    { ...own, ...honest, row: 'unknown-key', config: stranger.config, sender: ally.keys },
    { ...own, ...split(junk, WARM_UP, BURST), row: 'junk' },
    { ...own, ...honest, row: 'other-uuid', uuid: OTHER_UUID },
    { ...own, ...split(forged, forgedCount, VERIFIED_BURST, 1), row: 'forged' },
  ];
}

async function measureCase({ setting }: Bench, program: BenchProgram, one: Case) {
  const waiter = start(program, ['-u', one.uuid], one.config);
  await waiter.ready();
  const clock = new CpuClock(waiter.pid);
  const before = await sendBursts(setting, one.warmUp, clock);
  const after = await sendBursts(setting, one.flood, clock);
  await checkAwake(setting.publisher, waiter, one);
  const messages = one.flood.reduce((sum, burst) => sum + burst.messages, 0);
  return {
    allUs: (after.allNs - before.allNs) / messages / 1000,
    mainUs: (after.mainNs - before.mainNs) / messages / 1000,
  };
}

/** It must have lost nothing on the way, and still take the message that it waits for. */
async function checkAwake(publisher: { write(frame: Buffer): void }, waiter: Started, one: Case): Promise<void> {
  const uuidHex = Buffer.from(one.uuid).toString('hex');
  publisher.write(toFrame(forgeMessage(one.sender, { ...one.fields, uuidHex }), SUBJECT));
  const { stderr } = await waiter.succeeded();
  if (/dropped|disconnected/i.test(stderr)) throw new Error(`${one.row}: the waiter has lost messages:\n${stderr}`);
}
