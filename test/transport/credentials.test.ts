import { createOperator, createUser, encodeUser, fmtCreds } from '@nats-io/jwt';
import { createAccount, createServer, fromSeed } from '@nats-io/nkeys';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { parseCredentials } from '../../src/transport/credentials.ts';
import { transportError } from '../helpers/failures.ts';

const user = createUser();
const seed = Buffer.from(user.getSeed()).toString();
let jwt: string;
let text: string;

beforeAll(async () => {
  jwt = await encodeUser('left', user, createAccount());
  text = Buffer.from(fmtCreds(jwt, user)).toString();
});

const parse = (changed: string) => parseCredentials(changed, '/etc/user.creds');

/** Expects a refusal that names the file, says what was expected, and holds neither this seed nor the true one. */
function expectRefusal(changed: string, message: RegExp, given = seed): void {
  expect(() => parse(changed)).toThrow(transportError('credentials', message));
  try {
    parse(changed);
  } catch (error) {
    const said = `${(error as Error).message}\n${(error as Error).stack}`;
    expect(said).toContain('/etc/user.creds');
    for (const secret of [seed, given]) expect(said).not.toContain(secret.slice(0, 16));
  }
}

describe('a credentials file as NATS’s tools write it', () => {
  it('holds the token as it was made', () => {
    expect(parse(text).jwt).toBe(jwt);
  });

  it('signs a nonce as NATS’s own library does', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 64 }), (nonce) => {
        const expected = Buffer.from(user.sign(Buffer.from(nonce))).toString('base64url');
        expect(parse(text).sign(nonce)).toBe(expected);
      }),
      { numRuns: 20 },
    );
  });

  it('is read for any user', async () => {
    for (let i = 0; i < 10; i++) {
      const other = createUser();
      const credentials = parse(Buffer.from(fmtCreds(jwt, other)).toString());
      const signature = Buffer.from(credentials.sign('nonce'), 'base64url');
      expect(other.verify(Buffer.from('nonce'), signature)).toBe(true);
    }
  });

  it('may have CRLF line ends, text around the blocks, and other numbers of dashes', () => {
    expect(parse(text.replaceAll('\n', '\r\n')).jwt).toBe(jwt);
    expect(parse(`# a note\n${text}\nmore\n`).jwt).toBe(jwt);
    expect(parse(text.replaceAll(/-{4,}/g, '---')).jwt).toBe(jwt);
  });

  it('does not show the seed when it is printed', () => {
    const credentials = parse(text);
    expect(JSON.stringify(credentials)).not.toContain(seed);
    expect(Object.values(credentials)).not.toContain(seed);
  });
});

describe('a credentials file is refused', () => {
  it.each(['', 'hello', '{}'])('when it holds %j', (content) => {
    expectRefusal(content, /expected a block .*USER JWT/);
  });

  it('without its token', () => {
    expectRefusal(text.replace(/-+BEGIN NATS USER JWT-+\n[^\n]*\n/, ''), /expected a block .*USER JWT/);
  });

  it('without its seed', () => {
    expectRefusal(text.slice(0, text.indexOf('************')), /expected a block .*SEED/);
  });

  it('when it is cut off within the seed', () => {
    expectRefusal(text.slice(0, text.indexOf(seed) + 20), /expected a block .*SEED/);
  });

  it('with any character of the seed changed', () => {
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
    // The last character also has two bits that stand for nothing.
    for (let at = 0; at < seed.length - 1; at++) {
      const letter = alphabet[(alphabet.indexOf(seed[at] as string) + 1) % 32];
      const damaged = seed.slice(0, at) + letter + seed.slice(at + 1);
      expectRefusal(text.replace(seed, damaged), /seed is damaged/, damaged.slice(20));
    }
  });

  it.each([
    ['cut short', (good: string) => good.slice(0, -1)],
    ['too long', (good: string) => `${good}AA`],
    ['in lower case', (good: string) => good.toLowerCase()],
    ['with digits that base32 lacks', (good: string) => good.replace(/.$/, '1')],
    ['replaced by the public key', () => user.getPublicKey()],
  ])('with a seed %s', (_, change) => {
    const damaged = change(seed);
    expectRefusal(text.replace(seed, damaged), /seed is damaged/, damaged);
  });

  it.each([
    ['an account', createAccount],
    ['an operator', createOperator],
    ['a server', createServer],
  ])('with the seed of %s: that is not a user’s', (_, create) => {
    const other = Buffer.from(create().getSeed()).toString();
    expect(fromSeed(Buffer.from(other))).toBeDefined();
    expectRefusal(text.replace(seed, other), /expected a user seed, which begins with SU/, other);
  });
});
