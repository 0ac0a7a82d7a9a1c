import type { Config } from '../config/config.ts';
import { parseNameToken, streamName } from '../protocol/streams.ts';
import { LossCounter } from '../signal/loss-counter.ts';
import type { OnNotice } from '../signal/notice.ts';
import type { Store } from '../transport/store.ts';
import { type LockAct, parseLockAct } from './lock-act.ts';
import { type Claim, LockState, READ_BACK_MS } from './lock-state.ts';
import { pruneLock } from './prune-lock.ts';
import { type Candidate, Screen } from './screen.ts';
import type { Trust } from './trust.ts';

/** One lock as it is. */
export interface LockFacts {
  name: string;
  /** how many may hold it, as the strictest of those who do or want to has it */
  slots: number;
  holders: Claim[];
  waiting: Claim[];
}

/** What to call a lock that may have no name. */
function nameOf(subject: string): string {
  return parseNameToken(subject.slice(subject.lastIndexOf('.') + 1)) ?? 'no lock that this program makes';
}

/** What is read of one lock. */
interface Reading {
  screen: Screen<LockAct>;
  state: LockState;
  candidates: Candidate<LockAct>[];
}

/**
 * The locks that somebody holds or waits for, in order of their names.
 *
 * @param nowMs this host's time: what by the store's times must have ended before it is left out
 */
export async function listLocks(
  config: Config,
  store: Store,
  trust: Trust,
  nowMs: number,
  onNotice: OnNotice,
  signal: AbortSignal,
): Promise<LockFacts[]> {
  const stream = streamName(config.subject, 'coordination');
  const facts = await store.info(stream, signal);
  if (facts?.lastMs === undefined) return [];
  const startMs = facts.lastMs - READ_BACK_MS;
  const losses = new LossCounter(onNotice);
  const readings = new Map<string, Reading>();
  const prefix = `${config.subject}.lock.`;
  const reader = await store.read(stream, `${prefix}*`, { storedMs: startMs }, signal);
  if (reader.pending > 0) {
    for await (const message of reader) {
      const { subject, seq } = message;
      let reading = readings.get(subject);
      if (reading === undefined) {
        const screen = new Screen(trust, subject, parseLockAct);
        reading = { screen, state: new LockState(startMs), candidates: [] };
        reading.state.begin(seq);
        readings.set(subject, reading);
      }
      const candidate = reading.screen.check(message);
      if (typeof candidate !== 'string') reading.candidates.push(candidate);
      else losses.count(`ignored an entry of a lock that does not count (${candidate})`, nameOf(subject));
      if (message.pending === 0) break;
    }
  }
  reader.close();
  losses.finish();
  signal.throwIfAborted();

  const locks: LockFacts[] = [];
  // A clock may be ahead of the store's by as much.
  const endMs = Math.max(facts.lastMs, nowMs - trust.skewMs);
  for (const [subject, { screen, state, candidates }] of readings) {
    const name = parseNameToken(subject.slice(prefix.length));
    if (name === undefined) continue;
    const verify = (candidate: Candidate<LockAct>) => screen.verify(candidate);
    for (const candidate of await pruneLock(candidates, endMs, verify)) {
      if (await verify(candidate)) state.apply(candidate.entry);
    }
    state.advance(endMs);
    const queue = state.queue();
    const holders = state.holders();
    const slots = Math.min(...queue.map((claim) => claim.slots));
    if (queue.length > 0) locks.push({ name, slots, holders, waiting: queue.slice(holders.length) });
  }
  return locks.sort((a, b) => (a.name < b.name ? -1 : 1));
}
