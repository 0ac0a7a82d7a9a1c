// A receiver that is attacked in every way that somebody can who may publish, and is sent honest messages meanwhile. Its
// scripts are real ones, and what it says of itself is what counts.

import { setTimeout as delay } from 'node:timers/promises';
import { Barrage } from './barrage.ts';
import { forgeMessage } from './forge.ts';
import { makeForged, makeHostile } from './hostile-kinds.ts';
import { createNetwork, type TestNode } from './network.ts';
import { readRecords } from './output-schema.ts';
import { readStatus } from './processes.ts';
import { start } from './program.ts';
import { createScripts } from './scripts.ts';
import { findFreePort, startServer } from './server.ts';

/** What waits at the broker for the receiver at most: there always is something to read, and the broker has room. */
const MAX_PENDING_BYTES = 16 * 2 ** 20;
/** Of different messages, each of which is sent many times: what is refused is refused however often it comes. */
const POOL = 3500;
/** of each honest message */
const COPIES = 10;
const TICK_MS = 10;
/** of forged ones: twice what is due after a tick at 20,000 a second, and small beside what the broker has room for */
const MAX_BURST = 400;
const SAMPLE_MS = 50;

/** How hard a receiver is attacked. */
export interface OnslaughtOptions {
  /** messages that cost it no signature, as fast as it reads them */
  cheap: number;
  /** messages with forged signatures, at least: they go on until the others have been sent */
  forged: number;
  /** of those, in a second */
  forgedPace: number;
  honest: number;
  /** if it has not ended by itself after this long it is killed */
  limitMs: number;
}

/** What came of it. */
export interface Onslaught {
  /** how many hostile messages were sent, and which check has to refuse them */
  hostile: number;
  sent: Record<string, number>;
  /** the receiver's own count */
  refused: Record<string, number>;
  /** what its scripts were given, in the order in which they ran */
  ran: string[];
  exitCode: number;
  /** what it said of connections and losses */
  warnings: string[];
  /** its resident memory in MiB: the most in the first fifth of the attack, and in all that follows */
  warmMiB: number;
  peakMiB: number;
  /** how long the attack took */
  seconds: number;
  /** messages with forged signatures in a second, as they were sent */
  pace: number;
}

/** Starts a server and a receiver, and attacks it until every honest message has had its script. */
export async function attackReceiver(options: OnslaughtOptions): Promise<Onslaught> {
  const monitor = `127.0.0.1:${await findFreePort()}`;
  await using server = await startServer(`http: "${monitor}"`);
  using network = createNetwork(server.url, [
    'com.crypto.us.left',
    // What was made beforehand must be in time whenever it comes.
    { destination: 'com.crypto.us.right', lines: 'allow_skew: 30m' },
    { destination: 'com.crypto.us.limited', verbs: 'ping, break' },
  ]);
  using scripts = createScripts();
  const [left, right, limited] = network.nodes as [TestNode, TestNode, TestNode];
  const victims = { trusted: left.keys, limited: limited.keys };
  const cheap = await Barrage.open(server.port, makeHostile(victims, POOL));
  const forged = await Barrage.open(server.port, makeForged(victims, POOL));
  const honest = Array.from({ length: options.honest }, (_, i) =>
    forgeMessage(left.keys, { payload: `${i}`, quick: true }),
  );
  const script = scripts.write('note', `echo "$2" >> ${scripts.path}/ran`);
  const args = ['--json', '--explain', '-v', 'ping', '-n', `${honest.length}`, script];
  const receiver = start(right.config, args, { limitMs: options.limitMs });
  await receiver.said('"ready"');

  const samples: number[] = [];
  const sampling = setInterval(() => samples.push(readResidentMiB(receiver.pid)), SAMPLE_MS);
  let warm = 0;
  const startedMs = performance.now();
  const elapsed = () => (performance.now() - startedMs) / 1000;
  let isOver = false;
  const forging = (async () => {
    while (!isOver || forged.total < options.forged) {
      const due = Math.floor(elapsed() * options.forgedPace) - forged.total;
      await forged.send(Math.min(MAX_BURST, Math.max(0, due)));
      // Where the machine does much else the pace cannot be held: the server would end the receiver's connection.
      await untilRead(monitor);
      await delay(TICK_MS);
    }
  })();
  for (const [i, message] of honest.slice(0, -1).entries()) {
    await cheap.sendHonest(message, COPIES);
    await cheap.send(Math.ceil(options.cheap / (honest.length - 1)) - COPIES);
    await untilRead(monitor);
    if (i <= honest.length / 5) warm = samples.length;
  }
  isOver = true;
  await forging;
  const seconds = elapsed();
  // The last one comes behind everything else, and with it the receiver ends.
  await Promise.all([cheap.flush(), forged.flush()]);
  await cheap.sendHonest(honest.at(-1) as Buffer, 0);
  const { exitCode, stderr } = await receiver.finished;
  clearInterval(sampling);
  cheap.close();
  forged.close();

  const records = readRecords(stderr);
  return {
    hostile: cheap.total + forged.total,
    sent: Object.fromEntries([...cheap.sent, ...forged.sent]),
    refused: (records.findLast((record) => 'ignored' in record)?.['ignored'] ?? {}) as Record<string, number>,
    ran: scripts.lines('ran'),
    exitCode,
    warnings: records.filter(({ type }) => type === 'warning' || type === 'error').map(({ message }) => `${message}`),
    warmMiB: Math.max(...samples.slice(0, warm)),
    peakMiB: Math.max(...samples.slice(warm).filter((size) => size > 0)),
    seconds,
    pace: forged.total / seconds,
  };
}

/** 0 once it has ended. */
function readResidentMiB(pid: number): number {
  try {
    return readStatus(pid, 'VmRSS') / 1024 || 0;
  } catch {
    return 0;
  }
}

/** Waits until the broker has not much that the receiver has still to read. */
async function untilRead(monitor: string): Promise<void> {
  for (;;) {
    const { connections } = (await (await fetch(`http://${monitor}/connz`)).json()) as {
      connections: { name?: string; pending_bytes: number }[];
    };
    const receiver = connections.find(({ name }) => name === 'remaphore');
    if (receiver === undefined) throw new Error('the receiver is not connected any more');
    if (receiver.pending_bytes <= MAX_PENDING_BYTES) return;
    await delay(TICK_MS);
  }
}
