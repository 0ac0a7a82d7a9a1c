import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAuthority, issueCertificate, type TestCertificate } from '../helpers/certificates.ts';
import { type Checked, check, shortly } from '../helpers/checking.ts';
import { createNetwork } from '../helpers/network.ts';
import { startServer, type TestServer } from '../helpers/server.ts';

let directory: string;
let authority: TestCertificate;
let stranger: TestCertificate;
let client: TestCertificate;
/** certificate for 127.0.0.1, for 30 days */
let server: TestServer;
/** the same, for 2 days, and wants a certificate of its clients */
let strict: TestServer;
/** knows no TLS */
let plain: TestServer;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'check-tls-'));
  authority = createAuthority(directory, 'authority');
  stranger = createAuthority(directory, 'stranger');
  client = issueCertificate(directory, authority, 'client', 'DNS:client');
  const long = issueCertificate(directory, authority, 'long', 'IP:127.0.0.1', 30);
  const short = issueCertificate(directory, authority, 'short', 'IP:127.0.0.1', 2);
  [server, strict, plain] = await Promise.all([
    startServer(tls(long)),
    startServer(tls(short, `ca_file: "${authority.cert}"\n  verify: true`)),
    startServer(),
  ]);
});

afterAll(async () => {
  await Promise.all([server, strict, plain].map((each) => each[Symbol.asyncDispose]()));
  rmSync(directory, { recursive: true, force: true });
});

function tls({ cert, key }: TestCertificate, more = ''): string {
  return `tls {\n  cert_file: "${cert}"\n  key_file: "${key}"\n  ${more}\n}`;
}

async function checkBy(servers: string | string[], lines: string): Promise<Checked> {
  using network = createNetwork(servers, [{ destination: 'com.x.left', lines }, 'com.x.right']);
  return await check(network.nodes[0]?.config as string, ['-t', '3s']);
}

describe('a server with TLS', () => {
  it.each(['nats', 'tls'])(
    'is said to be verified, by which authority and until when, given as %s://',
    async (scheme) => {
      const { exitCode, rows } = await checkBy(`${scheme}://127.0.0.1:${server.port}`, `tls_ca: ${authority.cert}`);
      expect(exitCode).toBe(0);
      expect(shortly(rows, 'tls')).toEqual([
        expect.stringMatching(
          `^ok tls: verified by ${authority.cert}; the server’s certificate ends on \\d{4}-\\d\\d-\\d\\d$`,
        ),
      ]);
    },
  );

  it('is warned about when its certificate ends within two weeks', async () => {
    const lines = `tls_ca: ${authority.cert}\ntls_cert: ${client.cert}\ntls_key: ${client.key}`;
    const { exitCode, rows } = await checkBy(strict.url, lines);
    expect(exitCode).toBe(0);
    expect(shortly(rows, 'tls')).toEqual([
      expect.stringMatching(/^warning tls: .* ends on [\d-]+, in (1 d 23 h|2 d)$/),
    ]);
  });

  it.each([
    ['another authority', () => server.url, () => `tls_ca: ${stranger.cert}`],
    ['no authority that is known', () => server.url, () => ''],
    ['a client certificate that is missing', () => strict.url, () => `tls_ca: ${authority.cert}`],
    [
      'a client key that does not belong to its certificate',
      () => strict.url,
      () => `tls_ca: ${authority.cert}\ntls_cert: ${client.cert}\ntls_key: ${authority.key}`,
    ],
    ['no TLS of its own where it is insisted on', () => plain.url, () => `tls_ca: ${authority.cert}`],
  ])('is an error with what to do for %s, and the next server is examined', async (_, url, lines) => {
    const { exitCode, rows } = await checkBy([url(), 'nats://127.0.0.1:1'], lines());
    expect(exitCode).toBe(3);
    const [first, second] = rows.filter(({ check: name }) => name === 'server');
    expect(first).toMatchObject({ severity: 'error', server: url(), advice: expect.stringContaining('tls_ca') });
    expect(second).toMatchObject({ severity: 'error', server: 'nats://127.0.0.1:1' });
  });

  it('is examined behind one that is not what it should be', async () => {
    const { exitCode, rows } = await checkBy([plain.url, server.url], `tls_ca: ${authority.cert}`);
    expect(exitCode).toBe(3);
    expect(shortly(rows, 'tls')).toEqual([expect.stringMatching(/^ok tls: verified/)]);
    expect(shortly(rows, 'clock').length).toBeGreaterThan(0);
  });
});

describe('a server without TLS', () => {
  it('is fine on this machine', async () => {
    expect(shortly((await checkBy(plain.url, '')).rows, 'tls')).toEqual([
      'ok tls: none, and none needed on this machine',
    ]);
  });
});
