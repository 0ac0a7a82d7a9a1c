import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAuthority, issueCertificate, type TestCertificate } from '../helpers/certificates.ts';
import { createNetwork, type TestNetwork } from '../helpers/network.ts';
import { type Ended, run, startReady } from '../helpers/program.ts';
import { startProxy } from '../helpers/proxy.ts';
import { startServer, type TestServer } from '../helpers/server.ts';

let directory: string;
let authority: TestCertificate;
let stranger: TestCertificate;
let client: TestCertificate;
let strangersClient: TestCertificate;
/** certificate for 127.0.0.1 and localhost */
let server: TestServer;
/** the same, and wants a certificate of its clients */
let strict: TestServer;
/** certificate by the same authority, but for another name */
let misnamed: TestServer;
/** knows no TLS */
let plain: TestServer;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'tls-'));
  authority = createAuthority(directory, 'authority');
  stranger = createAuthority(directory, 'stranger');
  client = issueCertificate(directory, authority, 'client', 'DNS:client');
  strangersClient = issueCertificate(directory, stranger, 'strangers-client', 'DNS:client');
  const good = issueCertificate(directory, authority, 'server', 'IP:127.0.0.1,DNS:localhost');
  const other = issueCertificate(directory, authority, 'other', 'IP:127.0.0.9,DNS:broker.example');
  [server, strict, misnamed, plain] = await Promise.all([
    startServer(tls(good)),
    startServer(tls(good, `ca_file: "${authority.cert}"\n  verify: true`)),
    startServer(tls(other)),
    startServer(),
  ]);
});

afterAll(async () => {
  await Promise.all([server, strict, misnamed, plain].map((each) => each[Symbol.asyncDispose]()));
  rmSync(directory, { recursive: true, force: true });
});

describe('a server whose certificate is by tls_ca', () => {
  it.each([
    ['its IP address', () => `nats://127.0.0.1:${server.port}`],
    ['its host name', () => `nats://localhost:${server.port}`],
    ['its IP address with tls://', () => `tls://127.0.0.1:${server.port}`],
    ['its host name with tls://', () => `tls://localhost:${server.port}`],
  ])('is used when given by %s', async (_, address) => {
    using network = networkOf(address(), `tls_ca: ${authority.cert}`);
    const [left, right] = network.nodes.map(({ config }) => config) as [string, string];
    const receiver = await startReady(right, ['-u', 'secret', '-t', '20s']);
    expect(await run(left, ['-s', '-u', 'secret', 'by TLS'])).toEqual({ exitCode: 0, stdout: '', stderr: '' });
    expect(await receiver.finished).toMatchObject({ exitCode: 0, stdout: 'by TLS\n' });
  });

  it('is used again, with its name checked, after the connection was lost', async () => {
    await using proxy = await startProxy(server.port);
    using network = networkOf(`tls://127.0.0.1:${proxy.port}`, `tls_ca: ${authority.cert}`);
    const [left, right] = network.nodes.map(({ config }) => config) as [string, string];
    const receiver = await startReady(right, ['-u', 'after', '-t', '20s']);
    proxy.cut();
    await receiver.said('remaphore: connected to a server again\n');
    await run(left, ['-s', '-u', 'after']);
    expect((await receiver.finished).exitCode).toBe(0);
  });

  it('is refused when its certificate is for another name or address', async () => {
    const addresses = ['127.0.0.1', 'localhost'].map((host) => `nats://${host}:${misnamed.port}`);
    for (const ended of await Promise.all(addresses.map((address) => send(address, `tls_ca: ${authority.cert}`)))) {
      expect(ended.exitCode).toBe(3);
      expect(ended.stderr).toMatch(/does not match certificate|altnames|is not in the cert/i);
    }
  });
});

describe('a server whose certificate is by an unknown authority', () => {
  it('is refused with another tls_ca', async () => {
    const { exitCode, stderr } = await send(server.url, `tls_ca: ${stranger.cert}`);
    expect(exitCode).toBe(3);
    expect(stderr).toMatch(/certificate/i);
  });

  it.each(['nats', 'tls'])('is refused with no tls_ca, given as %s://', async (scheme) => {
    const { exitCode, stderr } = await send(`${scheme}://127.0.0.1:${server.port}`, '');
    expect(exitCode).toBe(3);
    expect(stderr).toMatch(/certificate/i);
  });
});

describe('a server without TLS', () => {
  it.each([
    ['tls://', () => `tls://127.0.0.1:${plain.port}`, () => ''],
    ['tls_ca', () => plain.url, () => `tls_ca: ${authority.cert}`],
  ])('is not spoken to in clear when the configuration has %s', async (_, address, lines) => {
    using network = networkOf(address(), lines());
    const { exitCode, stderr } = await run(network.nodes[0]?.config as string, ['-s', '-t', '800ms']);
    expect(exitCode).toBe(3);
    expect(stderr).toContain(address());
  });
});

describe('a server that wants a certificate of its clients', () => {
  it('is used with tls_cert and tls_key', async () => {
    const lines = `tls_ca: ${authority.cert}\ntls_cert: ${client.cert}\ntls_key: ${client.key}`;
    expect(await send(strict.url, lines)).toEqual({ exitCode: 0, stdout: '', stderr: '' });
  });

  it('refuses a client without one', async () => {
    expect((await send(strict.url, `tls_ca: ${authority.cert}`)).exitCode).toBe(3);
  });

  it('refuses a client whose certificate is by another authority', async () => {
    const lines = `tls_ca: ${authority.cert}\ntls_cert: ${strangersClient.cert}\ntls_key: ${strangersClient.key}`;
    expect((await send(strict.url, lines)).exitCode).toBe(3);
  });
});

describe('TLS files that cannot be used', () => {
  it('are an error of the configuration when one is missing: exit 2, naming it', async () => {
    const { exitCode, stderr } = await send(server.url, `tls_ca: ${join(directory, 'missing.pem')}`);
    expect(stderr).toContain('missing.pem');
    expect(exitCode).toBe(2);
  });

  it('draw a warning when everybody on the machine can read the key', async () => {
    const open = issueCertificate(directory, authority, 'open', 'DNS:open');
    chmodSync(open.key, 0o644);
    const lines = `tls_ca: ${authority.cert}\ntls_cert: ${open.cert}\ntls_key: ${open.key}`;
    const { exitCode, stderr } = await send(strict.url, lines);
    expect(exitCode).toBe(0);
    expect(stderr).toMatch(/^remaphore: warning: .*open\.key: .*can be read by everybody/);
  });
});

function tls({ cert, key }: TestCertificate, more = ''): string {
  return `tls {\n  cert_file: "${cert}"\n  key_file: "${key}"\n  ${more}\n}`;
}

function networkOf(address: string, lines: string): TestNetwork {
  const hosts = ['com.crypto.us.left', 'com.crypto.us.right'].map((destination) => ({ destination, lines }));
  return createNetwork(address, hosts);
}

async function send(address: string, lines: string): Promise<Ended> {
  using network = networkOf(address, lines);
  return await run(network.nodes[0]?.config as string, ['-s', '-t', '1s']);
}
