/** What a parser made of an input: a result, or an error of its documented class. */
export type Outcome<Result> = { result: Result; error?: never } | { result?: never; error: Error };

/** A parser under test, and what it promises. */
export interface Target<Result = unknown> {
  name: string;
  /** inputs to start from, the same ones at every call */
  seeds(): Uint8Array[];
  /** what inputs are made of, to be put into them here and there */
  words: readonly string[];
  /** the longest input that is tried at random; longer ones are for `long` */
  maxBytes: number;
  /** what one input may take at most */
  limitMs: number;
  /** What is timed: everything that the program does with such bytes before it knows what they are. */
  parse(input: Buffer): Result;
  /** Whether an error is of the class that is documented. */
  isExpected(error: unknown): boolean;
  /** @throws Error saying which promise does not hold */
  check(input: Buffer, outcome: Outcome<Result>): void;
  /** inputs of about so many bytes that a careless parser takes too long for, by what they are */
  long: Record<string, (sizeBytes: number) => string>;
}

/** Any target, its result known to itself alone. */
export type AnyTarget = Target<never> | Target<unknown>;

/** For `check`. */
export function promise(holds: boolean, broken: string): void {
  if (!holds) throw new Error(broken);
}

/** An input's text, a byte a character: for words that are no UTF-8. */
export function toBytes(text: string): Buffer {
  return Buffer.from(text, 'latin1');
}
