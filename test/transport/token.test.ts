import { encodeUser } from '@nats-io/jwt';
import { createAccount, createUser } from '@nats-io/nkeys';
import { describe, expect, it } from 'vitest';
import { readTokenTimes } from '../../src/transport/token.ts';

const withClaims = (claims: unknown) => `x.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.y`;

describe('a user’s token', () => {
  it('says when it was made and when it ends', async () => {
    const nowSeconds = Math.floor(Date.now() / 1000);
    const jwt = await encodeUser('left', createUser(), createAccount(), {}, { exp: 2_000_000_000, nbf: 1_000_000_000 });
    const times = readTokenTimes(jwt);
    expect(times).toMatchObject({ expiresMs: 2_000_000_000_000, notBeforeMs: 1_000_000_000_000 });
    expect(times?.issuedMs).toBeGreaterThanOrEqual(nowSeconds * 1000);
  });

  it('that does not say when it ends never does', async () => {
    const times = readTokenTimes(await encodeUser('left', createUser(), createAccount()));
    expect(times).toMatchObject({ expiresMs: undefined, notBeforeMs: undefined });
  });

  it.each([[0], [-1], ['tomorrow'], [null], [{}]])('says nothing with %j for a time', (exp) => {
    expect(readTokenTimes(withClaims({ exp }))).toMatchObject({ expiresMs: undefined });
  });

  it.each(['', 'x', 'x.y.z', 'x.eyJ.z', withClaims('text'), withClaims(null)])('is none when it is %j', (text) => {
    expect(readTokenTimes(text)).toBeUndefined();
  });
});
