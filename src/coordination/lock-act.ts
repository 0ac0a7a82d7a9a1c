// What the entries of a lock say, as the payload of a signed message. The text binds what it is for: the first field says
// that it is a lock's, the last one, which may hold anything, is the subject of this very lock in this very network.

import { decodeUtf8 } from '../protocol/utf8.ts';
import { readFields } from './fields.ts';

const PREFIX = 'remaphore-lock-1';

/** The shortest and the longest time that a slot may stay taken without a word from its holder. */
export const MIN_TTL_MS = 1000;
export const MAX_TTL_MS = 3_600_000;

/** How many may hold a lock at once at most. */
export const MAX_SLOTS = 10_000;

/** What a holder or waiter wants: a place in the queue, to keep it, or to leave it. */
export type LockAct =
  | { kind: 'claim'; slots: number; ttlMs: number }
  | {
      kind: 'refresh';
      /** the claim's place in the stream */
      claim: number;
      /** as the claim says, for who reads the stream from later on */
      slots: number;
      ttlMs: number;
      /** when the store took the claim, and the entry that the slot was obtained with (0: none yet); Unix milliseconds */
      claimedMs: number;
      heldMs: number;
    }
  /** of whatever claim this run has made: it may not know yet where that came to stand */
  | { kind: 'release' };

/** The payload of an entry on a lock's subject. */
export function encodeLockAct(act: LockAct, subject: string): Uint8Array {
  let fields: number[] = [];
  if (act.kind === 'claim') fields = [act.slots, act.ttlMs];
  if (act.kind === 'refresh') fields = [act.claim, act.slots, act.ttlMs, act.claimedMs, act.heldMs];
  return Buffer.from([PREFIX, act.kind, ...fields, subject].join(','), 'utf8');
}

/** Reads such a payload; undefined when it is none, or another lock's. */
export function parseLockAct(payload: Uint8Array, subject: string): LockAct | undefined {
  const text = decodeUtf8(payload);
  const [kind, numbers] = (text !== undefined && readFields(text, PREFIX, subject)) || [];
  if (numbers === undefined) return undefined;
  const [a = 0, b = 0, c = 0, d = 0, e = 0] = numbers;
  if (kind === 'claim' && numbers.length === 2 && isSize(a, b)) return { kind, slots: a, ttlMs: b };
  if (kind === 'refresh' && numbers.length === 5 && isSize(b, c)) {
    return { kind, claim: a, slots: b, ttlMs: c, claimedMs: d, heldMs: e };
  }
  return kind === 'release' && numbers.length === 0 ? { kind } : undefined;
}

function isSize(slots: number, ttlMs: number): boolean {
  return slots >= 1 && slots <= MAX_SLOTS && ttlMs >= MIN_TTL_MS && ttlMs <= MAX_TTL_MS;
}
