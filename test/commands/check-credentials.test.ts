import { describe, expect, it } from 'vitest';
import { checkCredentials } from '../../src/commands/check-files.ts';
import { loadedConfig } from '../helpers/loaded-config.ts';

const NOW_MS = Date.UTC(2030, 0, 15);
const DAY_SECONDS = 86_400;

const jwt = (claims: object) => `x.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.y`;
const inDays = (days: number) => NOW_MS / 1000 + days * DAY_SECONDS;

async function checked(claims: object | undefined) {
  const config = await loadedConfig({ credentials: 'credentials: /etc/user.creds' });
  return checkCredentials(config, claims && jwt(claims), NOW_MS);
}

describe('credentials', () => {
  it.each<[string, object, string, RegExp]>([
    ['that never expire', { iat: inDays(-1) }, 'ok', /^never expire$/],
    ['that expire in eight days', { exp: inDays(8) }, 'ok', /^expire in 8 d, on 2030-01-23$/],
    ['that expire in seven days', { exp: inDays(7) }, 'warning', /^expire in 7 d, on 2030-01-22$/],
    ['that have expired', { exp: inDays(-2) }, 'error', /^expired 2 d ago$/],
    ['that expire at this moment', { exp: inDays(0) }, 'error', /^expired /],
    [
      'made in the future',
      { iat: inDays(1) },
      'warning',
      /1 d from now by this host’s clock, which seems to be behind/,
    ],
    ['that begin in the future', { nbf: inDays(1) }, 'error', /1 d from now by this host’s clock/],
    ['made this very second', { iat: NOW_MS / 1000 + 1 }, 'ok', /^never expire$/],
  ])('%s are judged by this host’s clock', async (_, claims, severity, detail) => {
    const row = await checked(claims);
    expect(row).toMatchObject({ severity, check: 'credentials', file: '/etc/user.creds' });
    expect(row.detail).toMatch(detail);
    if (severity !== 'ok') expect(row.advice).toMatch(/\w/);
  });

  it('without a token that can be read are an error that does not show it', async () => {
    const config = await loadedConfig();
    const row = checkCredentials(config, 'secret.secret.secret', NOW_MS);
    expect(row.severity).toBe('error');
    expect(JSON.stringify(row)).not.toContain('secret');
  });
});
