// What is said on locks, barriers and of durable consumers: each has one form for one meaning, and is for one subject.

import { encodeBarrierAct, parseBarrierAct } from '../../../src/coordination/barrier-act.ts';
import { encodeLockAct, parseLockAct } from '../../../src/coordination/lock-act.ts';
import { encodeDurableAct, parseDurableAct } from '../../../src/signal/durable-act.ts';
import { promise, type Target } from '../target.ts';

const SUBJECT = 'remaphore.x.61';
const HASH = 'ab'.repeat(32);
const NUMBERS = ['0', '-1', '1', '01', '1e3', '999999999999999', '9999999999999999', '30000', ',', ',,', SUBJECT];

type Encode<Act> = (act: Act, subject: string) => Uint8Array;
type Parse<Act> = (payload: Uint8Array, subject: string) => Act | undefined;

function actTarget<Act>(
  name: string,
  texts: string[],
  encode: Encode<Act>,
  parse: Parse<Act>,
): Target<Act | undefined> {
  const prefix = `remaphore-${name}-1`;
  return {
    name,
    seeds: () => texts.map((text) => Buffer.from(`${prefix},${text},${SUBJECT}`)),
    words: [...NUMBERS, prefix, ...texts],
    // Entries that are longer are refused as a whole.
    maxBytes: 4096,
    limitMs: 1,
    parse: (input) => parse(input, SUBJECT),
    isExpected: () => false,
    check: (input, { result }) => {
      if (result === undefined) return;
      promise(parse(input, SUBJECT.slice(1)) === undefined, 'it is for another subject as well');
      promise(Buffer.from(encode(result, SUBJECT)).equals(input), 'it does not encode to the same bytes');
    },
    long: {
      commas: (size) => `${prefix},${','.repeat(size)},${SUBJECT}`,
      digits: (size) => `${prefix},${texts[0]}${'9'.repeat(size)},${SUBJECT}`,
      numbers: (size) => `${prefix},${texts[0]}${',1'.repeat(size / 2)},${SUBJECT}`,
      'a long kind': (size) => `${prefix},${'a'.repeat(size)},${SUBJECT}`,
    },
  };
}

/** An entry of a lock. */
export const lockTarget = actTarget(
  'lock',
  ['claim,3,30000', 'refresh,17,3,30000,1795199352984,0', 'release'],
  encodeLockAct,
  parseLockAct,
);

/** An entry of a barrier. */
export const barrierTarget = actTarget('barrier', ['arrive,3', 'leave', 'pass,12'], encodeBarrierAct, parseBarrierAct);

/** An entry about a message of a durable consumer. */
export const durableTarget = actTarget(
  'durable',
  [`failed,12,${HASH},5,-1`, `retry,12,${HASH},3`, `done,12,${HASH}`],
  encodeDurableAct,
  parseDurableAct,
);
