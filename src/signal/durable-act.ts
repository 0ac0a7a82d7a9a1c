// What is said of the messages of durable consumers, as the payload of a signed message: `remaphore-durable-1`, what, the
// message's place in the history and its hash, then further numbers, and last the subject that it is said on, which names
// the consumer. So nothing that is said of one message or consumer passes for being about another.

import { HASH_BYTES } from '../protocol/constants.ts';
import { decodeUtf8 } from '../protocol/utf8.ts';

const PREFIX = 'remaphore-durable-1';

/** Whole numbers in the one way to write them, none that would lose a digit. */
const NUMBER = /^(?:0|-?[1-9][0-9]{0,14})$/;
const HASH = new RegExp(`^[0-9a-f]{${2 * HASH_BYTES}}$`);

/** Which message it is about. */
interface Subject {
  /** its place in the history */
  seq: number;
  /** its hash in hex */
  hash: string;
}

/** It was tried so often and did not end well, the last time with this exit code, and is set aside. */
export interface FailedAct extends Subject {
  kind: 'failed';
  attempts: number;
  exitCode: number;
}

/** It is to be tried again; `failedSeq` is the place of the entry that set it aside. */
export interface RetryAct extends Subject {
  kind: 'retry';
  failedSeq: number;
}

/** It was tried again, and ended well. */
export interface DoneAct extends Subject {
  kind: 'done';
}

export type DurableAct = FailedAct | RetryAct | DoneAct;

/** On which of a consumer's two subjects something is said. */
export function subjectOf(kind: DurableAct['kind']): 'failed' | 'retry' {
  return kind === 'retry' ? 'retry' : 'failed';
}

/** @param subject that it is said on */
export function encodeDurableAct(act: DurableAct, subject: string): Uint8Array {
  return Buffer.from([PREFIX, act.kind, act.seq, act.hash, ...numbersOf(act), subject].join(','), 'utf8');
}

function numbersOf(act: DurableAct): number[] {
  if (act.kind === 'failed') return [act.attempts, act.exitCode];
  return act.kind === 'retry' ? [act.failedSeq] : [];
}

/** Reads such a payload; undefined when it is none, or was said on another subject. */
export function parseDurableAct(payload: Uint8Array, subject: string): DurableAct | undefined {
  const text = decodeUtf8(payload);
  if (text === undefined || !text.startsWith(`${PREFIX},`) || !text.endsWith(`,${subject}`)) return undefined;
  const [kind, seqText = '', hash = '', ...texts] = text.slice(PREFIX.length + 1, -subject.length - 1).split(',');
  if (!HASH.test(hash) || ![seqText, ...texts].every((one) => NUMBER.test(one))) return undefined;
  const [seq, first = 0, second = 0] = [seqText, ...texts].map(Number);
  if (seq === undefined || seq < 1) return undefined;
  if (kind === 'failed' && texts.length === 2) return { kind, seq, hash, attempts: first, exitCode: second };
  if (kind === 'retry' && texts.length === 1) return { kind, seq, hash, failedSeq: first };
  return kind === 'done' && texts.length === 0 ? { kind, seq, hash } : undefined;
}
