// What the entries of a barrier say, as the payload of a signed message; in the form of a lock's.

import { decodeUtf8 } from '../protocol/utf8.ts';
import { readFields } from './fields.ts';

const PREFIX = 'remaphore-barrier-1';

/** How many a barrier may wait for at most. */
export const MAX_PARTIES = 10_000;

/** What a party does: it arrives; it leaves without having passed; it passes, with all of its round. */
export type BarrierAct =
  | { kind: 'arrive'; parties: number }
  | { kind: 'leave' }
  /** `round`: the place in the stream of the arrival that made the round complete */
  | { kind: 'pass'; round: number };

/** The payload of an entry on a barrier's subject. */
export function encodeBarrierAct(act: BarrierAct, subject: string): Uint8Array {
  let fields: number[] = [];
  if (act.kind === 'arrive') fields = [act.parties];
  if (act.kind === 'pass') fields = [act.round];
  return Buffer.from([PREFIX, act.kind, ...fields, subject].join(','), 'utf8');
}

/** Reads such a payload; undefined when it is none, or another barrier's. */
export function parseBarrierAct(payload: Uint8Array, subject: string): BarrierAct | undefined {
  const text = decodeUtf8(payload);
  const [kind, numbers] = (text !== undefined && readFields(text, PREFIX, subject)) || [];
  if (numbers === undefined) return undefined;
  const [first = 0] = numbers;
  if (kind === 'arrive' && numbers.length === 1 && first >= 1 && first <= MAX_PARTIES) return { kind, parties: first };
  if (kind === 'leave' && numbers.length === 0) return { kind };
  return kind === 'pass' && numbers.length === 1 ? { kind, round: first } : undefined;
}
