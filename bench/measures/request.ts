// A request that many answer at once. The responders are played by one process, which signs all replies when it has
// the request: they cannot be made beforehand, since each names the request that it answers.

import type { TestKeys } from '../../test/helpers/forge.ts';
import type { TestNode } from '../../test/helpers/network.ts';
import { readStatus } from '../../test/helpers/processes.ts';
import type { Bench, Measure } from '../bench.ts';
import { type Started, start } from '../process.ts';
import type { BenchProgram } from '../programs.ts';
import { RoleProcess } from '../role-process.ts';
import { median } from '../statistics.ts';

const POLL_MS = 20;

/** What the responders are told. */
export interface RespondersOrder {
  /** one that they answer for as well */
  also?: TestKeys;
  /** whether they keep still from now on */
  silent: boolean;
}

/** What the responders say: who they are at first, and of each request how long all replies took to make and write. */
export interface RespondersReport {
  publicKeys?: string[];
  answeredMs?: number;
}

export const requestMeasure: Measure = {
  rows: ['request-1000', 'request-50000', 'request-50000-memory'],
  async run(bench) {
    if (bench.wants('request-1000')) await measureThousand(bench);
    if (!bench.short && (bench.wants('request-50000') || bench.wants('request-50000-memory'))) await measureMany(bench);
  },
};

async function measureThousand(bench: Bench): Promise<void> {
  const responders = await openResponders(bench, 1000);
  const answeredMs: number[] = [];
  try {
    for (const _ of bench.rounds(15)) {
      for (const program of bench.programs) {
        const asker = ask(program, responders);
        answeredMs.push((await responders.process.next<{ answeredMs: number }>()).answeredMs);
        bench.results.add('request-1000', program.name, (await checkReplies(asker, responders)).elapsedMs);
      }
    }
  } finally {
    await responders.process.end();
  }
  const signingMs = median(answeredMs).toFixed(0);
  bench.results.note('request-1000', `of that the responders take ${signingMs} ms to sign their replies`);
}

async function measureMany(bench: Bench): Promise<void> {
  const responders = await openResponders(bench, 50_000);
  const answeredMs: number[] = [];
  try {
    for (const _ of bench.rounds(3)) {
      for (const program of bench.programs) {
        const asker = ask(program, responders);
        const peak = watchPeak(asker);
        answeredMs.push((await responders.process.next<{ answeredMs: number }>()).answeredMs);
        const { elapsedMs } = await checkReplies(asker, responders);
        bench.results.add('request-50000', program.name, elapsedMs / 1000);
        bench.results.add('request-50000-memory', program.name, (await peak) - (await measureUnanswered()));

        async function measureUnanswered(): Promise<number> {
          responders.process.send({ silent: true } satisfies RespondersOrder);
          await responders.process.next();
          const unanswered = ask(program, responders, '1s');
          const unansweredPeak = await watchPeak(unanswered);
          responders.process.send({ silent: false } satisfies RespondersOrder);
          await responders.process.next();
          return unansweredPeak;
        }
      }
    }
  } finally {
    await responders.process.end();
  }
  const signingS = (median(answeredMs) / 1000).toFixed(1);
  bench.results.note('request-50000', `of that the responders take ${signingS} s to sign their replies`);
  bench.results.note(
    'request-50000-memory',
    `peak (VmHWM, read every ${POLL_MS} ms) of the asker that all answer, less that of one with the same ` +
      'configuration and `-t 1s` that nobody answers',
  );
}

interface Responders {
  process: RoleProcess;
  config: string;
  count: number;
}

/** Starts the responders, and writes the configuration of a host that knows them all. */
async function openResponders({ setting, roles }: Bench, count: number): Promise<Responders> {
  // The asking host is one of its own peers.
  const args = [setting.server.url, setting.credentials, String(count - 1)];
  const responders = RoleProcess.start(roles, 'responders', args);
  const { publicKeys } = await responders.next<{ publicKeys: string[] }>();
  const peers = publicKeys.map((key, i) => `com.bench.host${i} ${key} [*]`).join('\n');
  const [asking] = setting.createHosts({ destination: 'com.bench.asking', peers }) as [TestNode];
  responders.send({ also: asking.keys, silent: false } satisfies RespondersOrder);
  await responders.next();
  return { process: responders, config: asking.config, count };
}

function ask(program: BenchProgram, { config }: Responders, timeout = '60s'): Started {
  return start(program, ['-r', '-D', '**', '-t', timeout], config);
}

async function checkReplies(asker: Started, { count }: Responders) {
  const ended = await asker.succeeded();
  const lines = ended.stdout.split('\n').length - 1;
  if (lines !== count) throw new Error(`expected ${count} replies, got ${lines}; standard error:\n${ended.stderr}`);
  return ended;
}

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
