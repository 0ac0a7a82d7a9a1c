// Changes to an input, as libFuzzer has them: bits and bytes, pieces removed, repeated, moved and taken from other inputs,
// words of the format put in. One input in some hundred becomes long.

import type { Random } from './random.ts';

/** Bytes that mean something in one format or another, or that no text has. */
const NOTABLE: readonly number[] = [...Buffer.from('\0\t\n\r ,.*:#[]{}"\'-+_=0189AZafgzQ\x7f\x80\xc3\xff', 'latin1')];

const MOST_CHANGES = 4;
const LONG_ONE_IN = 500;
const MOST_REPEATS = 2000;

/** What inputs are made from. */
export interface Material {
  /** not empty */
  corpus: readonly Uint8Array[];
  words: readonly Uint8Array[];
  maxBytes: number;
}

/** A new input, made of those in the corpus. */
export function mutate({ corpus, words, maxBytes }: Material, random: Random): Buffer {
  let input: Buffer = Buffer.from(random.pick(corpus));
  for (let left = 1 + random.below(MOST_CHANGES); left > 0; left--) input = change(input, corpus, words, random);
  if (random.below(LONG_ONE_IN) === 0) {
    const [start, end] = piece(input, random);
    const repeats = 1 + random.below(MOST_REPEATS);
    input = splice(input, start, start, Buffer.alloc((end - start) * repeats, input.subarray(start, end)));
  }
  return input.subarray(0, maxBytes);
}

function change(input: Buffer, corpus: readonly Uint8Array[], words: readonly Uint8Array[], random: Random): Buffer {
  const [start, end] = piece(input, random);
  switch (random.below(words.length > 0 ? 10 : 8)) {
    case 0:
      return setByte(input, start, (byte) => byte ^ (1 << random.below(8)));
    case 1:
      return setByte(input, start, () => random.below(256));
    case 2:
      return setByte(input, start, () => random.pick(NOTABLE));
    case 3:
      return splice(input, start, start, Buffer.of(random.pick(NOTABLE)));
    case 4:
      return splice(input, start, end, Buffer.alloc(0));
    case 5:
      return splice(input, end, end, Buffer.from(input.subarray(start, end)));
    case 6: {
      const other = Buffer.from(random.pick(corpus));
      const [from, to] = piece(other, random);
      return splice(input, start, end, other.subarray(from, to));
    }
    case 7: {
      // The end of another one.
      const other = Buffer.from(random.pick(corpus));
      return splice(input, start, input.length, other.subarray(random.below(other.length + 1)));
    }
    case 8:
      return splice(input, start, start, random.pick(words));
    default:
      return splice(input, start, end, random.pick(words));
  }
}

function setByte(input: Buffer, at: number, to: (byte: number) => number): Buffer {
  const place = input.length > 0 ? at % input.length : 0;
  if (input.length > 0) input[place] = to(input[place] as number);
  return input;
}

/** A start and an end within an input, mostly near to each other. */
function piece(input: Uint8Array, random: Random): [start: number, end: number] {
  const start = random.below(input.length + 1);
  const room = input.length - start;
  return [start, start + random.below((random.below(2) === 0 ? Math.min(room, 8) : room) + 1)];
}

function splice(input: Buffer, start: number, end: number, inserted: Uint8Array): Buffer {
  return Buffer.concat([input.subarray(0, start), inserted, input.subarray(end)]);
}
