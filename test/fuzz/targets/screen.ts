import { Acceptance, type Candidate, type NotActed, REFUSALS } from '../../../src/signal/acceptance.ts';
import type { Memory } from '../../../src/signal/replay-memory.ts';
import { MESSAGES } from '../../helpers/vectors.ts';
import { promise, type Target } from '../target.ts';
import { checkMessage, LONG_MESSAGES, longMessage, MESSAGE_SEEDS, MESSAGE_WORDS } from './message.ts';

const { publicKey } = MESSAGES.identity;
/** One that forgets all. */
const memory: Memory = { recall: () => 'new', record: () => 'new', firstSeenMs: () => undefined };
const acceptance = new Acceptance(
  [{ publicKey, destination: 'com.crypto.us.right', verbs: ['*'] }],
  { destination: 'com.crypto.us.left' },
  Number.MAX_SAFE_INTEGER,
  memory,
);

/** What a receiver does with a message before it verifies a signature: anybody can have it done who knows a public key. */
export const screenTarget: Target<Candidate | NotActed> = {
  name: 'screen',
  seeds: () => [
    ...MESSAGE_SEEDS,
    ...['com.*.**', 'com.c*o.us.left', '.'].map(to),
    Buffer.from(longMessage({ verb: 'AZazÜ@[' })),
  ],
  words: [...MESSAGE_WORDS, publicKey, 'com.crypto.us.left', '.**', '.*'],
  maxBytes: 16_384,
  limitMs: 1,
  parse: (input) => acceptance.screen(input, Date.now()),
  isExpected: () => false,
  check: (input, { result }) => {
    if (typeof result === 'string') return promise((REFUSALS as readonly string[]).includes(result), 'no known reason');
    checkMessage(input, result?.message);
    promise(result?.sender.publicKey === publicKey, 'it is from somebody who is not known');
    const verb = result?.message.verb.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
    promise(result?.verb === verb && verb !== 'reply', 'the verb is another one, or that of replies');
  },
  long: LONG_MESSAGES,
};

function to(destination: string): Buffer {
  return Buffer.from(longMessage({ destination }));
}
