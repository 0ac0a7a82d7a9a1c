// What a long history costs those who look for something in its last part, and those who read all of it.

import { setTimeout as delay } from 'node:timers/promises';
import { type ForgedFields, forgeMessage } from '../../test/helpers/forge.ts';
import { createNetwork, type TestNetwork, type TestNode } from '../../test/helpers/network.ts';
import { readStatus } from '../../test/helpers/processes.ts';
import { startServer } from '../../test/helpers/server.ts';
import { openStore, streamSettings } from '../../test/helpers/store.ts';
import { connectRaw } from '../../test/helpers/wire.ts';
import type { Measure } from '../bench.ts';
import { start } from '../process.ts';
import type { BenchProgram } from '../programs.ts';

const MESSAGES = 1_000_000;
/** By then the runtime's own heap has the size that it keeps. */
const FEW_MESSAGES = 50_000;
/** Stored behind them, with what is looked for as the last. */
const IN_WINDOW = 1000;
const WINDOW_S = 20;
const SKEW_S = 1;
const FLUSH_EVERY = 2000;
const UUID = 'upload_done';
const POLL_MS = 20;

export const sinceMeasure: Measure = {
  rows: ['since-1000000', 'since-1000000-ratio', 'since-1000000-memory'],
  inShort: false,
  async run({ programs, results, rounds, wants }) {
    const own = programs.filter(({ name }) => name !== 'peer');
    await using kept = await openKept();
    if (wants('since-1000000-memory')) {
      // Each of its peak, from the same start.
      await kept.publish(kept.long, FEW_MESSAGES);
      const few = new Map<string, number>();
      for (const program of own) few.set(program.name, await takeAll(program, kept.long, FEW_MESSAGES));
      await kept.publish(kept.long, MESSAGES - FEW_MESSAGES);
      for (const program of own) {
        const peak = await takeAll(program, kept.long, MESSAGES);
        results.add('since-1000000-memory', program.name, peak - (few.get(program.name) as number));
      }
      results.note(
        'since-1000000-memory',
        `peak (VmHWM) of a receiver that takes all of them with --since, less that of one that takes ` +
          `${FEW_MESSAGES.toLocaleString('en-US')}`,
      );
    } else {
      await kept.publish(kept.long, MESSAGES);
    }
    if (!wants('since-1000000') && !wants('since-1000000-ratio')) return;
    for (const round of rounds(6)) {
      for (const program of own) {
        // Until nothing of what was stored before is in the window.
        await delay((WINDOW_S + 2 * SKEW_S) * 1000);
        for (const node of [kept.long, kept.short]) {
          await kept.publish(node, IN_WINDOW);
          await kept.publish(node, 1, { uuidHex: Buffer.from(UUID).toString('hex') });
        }
        const args = ['-u', UUID, '--since', `${WINDOW_S}s`];
        const find = async ({ config }: TestNode) => (await start(program, args, config).succeeded()).elapsedMs;
        // Who comes second finds the server warm: each does in every other round.
        const [first, second] = round % 2 === 0 ? [kept.long, kept.short] : [kept.short, kept.long];
        const elapsedMs = new Map([[first, await find(first)]]).set(second, await find(second));
        const [longMs, shortMs] = [elapsedMs.get(kept.long) as number, elapsedMs.get(kept.short) as number];
        results.add('since-1000000', program.name, longMs);
        results.add('since-1000000-ratio', program.name, longMs / shortMs);
      }
    }
    results.note(
      'since-1000000',
      `whole process; ${IN_WINDOW.toLocaleString('en-US')} other messages are in the window`,
    );
  },
};

/** @returns the most memory that was resident, in MB of 1,024 kB */
async function takeAll(program: BenchProgram, { config }: TestNode, count: number): Promise<number> {
  const receiver = start(program, ['-n', `${count}`, '--since', '24h', '-q'], config);
  let peakKb = 0;
  const timer = setInterval(() => {
    try {
      peakKb = Math.max(peakKb, readStatus(receiver.pid, 'VmHWM') || 0);
    } catch {
      // It has ended.
    }
  }, POLL_MS);
  await receiver.succeeded();
  clearInterval(timer);
  return peakKb / 1024;
}

/** A server that keeps two networks' messages: one of a million, one of few. */
async function openKept() {
  const server = await startServer('', { jetStream: true });
  const lines = (subject: string) => `subject: ${subject}\nallow_skew: ${SKEW_S}s`;
  const networks = ['long', 'short'].map((subject): [string, TestNetwork] => [
    subject,
    createNetwork(server.url, [{ destination: 'com.bench.left', lines: lines(subject) }]),
  ]);
  const client = await connectRaw(server.url);
  await using open = await openStore(server.url);
  const subjects = new Map<TestNode, string>();
  for (const [subject, network] of networks) {
    subjects.set(network.nodes[0] as TestNode, subject);
    await open.store.create(streamSettings(`${subject}-history`, { subjects: [`${subject}.all`] }));
  }
  const [long, short] = [...subjects.keys()] as [TestNode, TestNode];
  return {
    long,
    short,
    async publish(node: TestNode, count: number, fields: ForgedFields = {}) {
      for (let i = 1; i <= count; i++) {
        client.publish(`${subjects.get(node)}.all`, forgeMessage(node.keys, { quick: true, ...fields }));
        // Not faster than they are stored.
        if (i % FLUSH_EVERY === 0) await client.flush();
      }
      await client.flush();
    },
    async [Symbol.asyncDispose]() {
      await client.close();
      for (const [, network] of networks) network[Symbol.dispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}
