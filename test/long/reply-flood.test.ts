// How fast forged replies may come before honest ones are lost or late; npm run test:long. The figures of
// docs/reliability.md are what this prints.

import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { forgeReply } from '../helpers/forge.ts';
import type { TestNode } from '../helpers/network.ts';
import { readStatus } from '../helpers/processes.ts';
import { start } from '../helpers/program.ts';
import { flood, forgeInNameOf } from '../helpers/reply-flood.ts';
import { respondWith } from '../helpers/responders.ts';
import { openSite } from '../helpers/site.ts';
import { connectRaw } from '../helpers/wire.ts';

const HONEST = 50;
const SILENT = 10;
/** The flood goes on for so long before the honest hosts answer, and until they have been heard, or at most so long. */
const BEFORE_MS = 300;
const AFTER_MS = 3000;

const names = Array.from({ length: HONEST + SILENT }, (_, i) => `com.web${i}`);
const site = openSite(['ops.asker', ...names]);
const [asker, ...hosts] = site.nodes as [TestNode, ...TestNode[]];
const honest = hosts.slice(0, HONEST);
const silent = hosts.slice(HONEST);

interface Round {
  /** how many honest replies were printed */
  printed: number;
  /** from their publication to the last of them on standard output */
  elapsedMs: number;
  /** of the flood as it was, replies a second */
  pace: number;
  /** the asker's greatest resident memory, MB of 1,024 kB */
  peakMb: number;
}

type Forge = (request: Uint8Array) => (i: number) => Uint8Array;

/** One request, which some hosts answer while replies are forged. */
async function ask(answering: readonly TestNode[], perSecond: number, forge: Forge): Promise<Round> {
  const [responders, attacker] = [await connectRaw(site.server.url), await connectRaw(site.server.url)];
  let heard = (_: Parameters<Parameters<typeof respondWith>[2]>[0]) => {};
  const asked = new Promise<Parameters<typeof heard>[0]>((resolve) => {
    heard = resolve;
  });
  await respondWith(responders, 'remaphore.all', heard);
  const program = start(asker.config, ['-r', '-D', 'com.**', '-t', '40s']);
  const { request, subject, raw } = await asked;
  const startedMs = performance.now();
  const flooding = flood(attacker, subject, forge(request), perSecond);
  await delay(BEFORE_MS);
  const replies = answering.map(({ keys }) => forgeReply(keys, request, '0,honest', { quick: true }));
  const answeredMs = performance.now();
  for (const reply of replies) raw(reply);
  const count = () => program.stdout.split('\n').length - 1;
  while (count() < answering.length && performance.now() - answeredMs < AFTER_MS) await delay(2);
  const elapsedMs = performance.now() - answeredMs;
  const pace = (1000 * (await flooding.stop())) / (performance.now() - startedMs);
  const peakMb = readStatus(program.pid, 'VmHWM') / 1024;
  const printed = count();
  program.kill('SIGINT');
  await program.finished;
  await Promise.all([responders.close(), attacker.close()]);
  return { printed, elapsedMs, pace, peakMb };
}

/** Several such requests. */
async function repeat(what: string, rounds: number, ...round: Parameters<typeof ask>): Promise<Round> {
  const results: Round[] = [];
  for (let i = 0; i < rounds; i++) results.push(await ask(...round));
  const sum = (read: (result: Round) => number) => results.reduce((total, result) => total + read(result), 0);
  const all = {
    printed: sum(({ printed }) => printed),
    elapsedMs: sum(({ elapsedMs }) => elapsedMs) / rounds,
    pace: sum(({ pace }) => pace) / rounds,
    peakMb: Math.max(...results.map(({ peakMb }) => peakMb)),
  };
  const [printed, of] = [all.printed, rounds * round[0].length];
  const figures = `${Math.round(all.pace)}/s, ${printed} of ${of} honest, after ${Math.round(all.elapsedMs)} ms, peak ${Math.round(all.peakMb)} MB`;
  process.stderr.write(`${what}: ${figures}\n`);
  return all;
}

/** Each of them in turn. */
const inNamesOf =
  (nodes: readonly TestNode[], sizeBytes?: number): Forge =>
  (request) => {
    const makers = nodes.map(({ keys }) => forgeInNameOf(keys, request, sizeBytes));
    return (i) => makers[i % makers.length]?.(i) as Buffer;
  };

it('forged replies in the names of ten hosts, as fast as the broker takes them, cost fifty others nothing', async () => {
  const none = await repeat('no flood', 5, honest, 0, inNamesOf(silent));
  const forged = await repeat('names of others', 5, honest, Number.POSITIVE_INFINITY, inNamesOf(silent));
  const large = await repeat(
    'names of others, 1 MB each',
    5,
    honest,
    Number.POSITIVE_INFINITY,
    inNamesOf(silent, 1_000_000),
  );
  const junk = randomBytes(100);
  const noise = await repeat('junk of 100 bytes', 5, honest, Number.POSITIVE_INFINITY, () => () => junk);
  for (const { printed } of [none, forged, large, noise]) expect(printed).toBe(5 * HONEST);
}, 300_000);

it('forged replies in the very name of a host that answers', async () => {
  const one = honest.slice(0, 1);
  for (const perSecond of [2000, 5000, 10_000, 15_000, 20_000, 30_000, 60_000, Number.POSITIVE_INFINITY]) {
    const { printed } = await repeat(`its own name, ${perSecond}/s`, 20, one, perSecond, inNamesOf(one));
    if (perSecond <= 2000) expect(printed).toBe(20);
  }
}, 600_000);
