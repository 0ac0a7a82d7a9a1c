import { readTokenTimes, type TokenTimes } from '../../../src/transport/token.ts';
import { promise, type Target } from '../target.ts';

const CLAIMS = ['{"iat":1795199352,"nbf":0,"exp":2000000000}', '{}', '[]', 'null', '{"exp":"x","iat":1e300}', '"a"'];

/** The times in a user's token; the claims are given as they are before base64. */
export const tokenTarget: Target<TokenTimes | undefined> = {
  name: 'token',
  seeds: () => CLAIMS.map((claims) => Buffer.from(claims)),
  words: ['"exp":', '"iat":', '"nbf":', '1e99', '-1', '8640000000000', '8640000000001', 'null', '[', '{', '__proto__'],
  maxBytes: 1024,
  limitMs: 1,
  parse: (input) => {
    // As the text that a token is, and with what it would hold.
    readTokenTimes(input.toString('utf8'));
    return readTokenTimes(`x.${input.toString('base64url')}.y`);
  },
  isExpected: () => false,
  check: (_, { result }) => {
    for (const timeMs of Object.values(result ?? {})) {
      promise(timeMs === undefined || !Number.isNaN(new Date(timeMs).getTime()), 'a time is none');
    }
  },
  long: {
    brackets: (size) => '['.repeat(size),
    dots: (size) => '.'.repeat(size),
    digits: (size) => `{"exp":${'9'.repeat(size)}}`,
  },
};
