// Servers whose certificate is not what it should be: for another name, expired, or by an unknown authority.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAuthority, issueCertificate, type TestCertificate } from '../helpers/certificates.ts';
import { createNetwork, type TestNetwork, type TestNode } from '../helpers/network.ts';
import { run, startReady } from '../helpers/program.ts';
import { startProxy } from '../helpers/proxy.ts';
import { createScripts } from '../helpers/scripts.ts';
import { startServer } from '../helpers/server.ts';

const NAMES = 'IP:127.0.0.1,DNS:localhost';
const FAULTS = {
  'is for another name': /does not match certificate|altnames|is not in the cert/i,
  'has expired': /certificate has expired/i,
  'is by an unknown authority': /unable to verify|unable to get local issuer|self.signed/i,
};
type Fault = keyof typeof FAULTS;

/** Each act, with a time limit that leaves room for what it takes to look at a certificate. */
const ACTS = {
  receive: ['-t', '4s'],
  'receive with a script': ['-t', '4s', 'sh', '-c', 'echo >>ran'],
  request: ['-r', '-t', '4s'],
  send: ['-s', '-t', '4s'],
  'listen durably': ['--durable', 'work', '-t', '4s', 'sh', '-c', 'echo >>ran'],
  lock: ['lock', 'tls', '-t', '4s', '--', 'sh', '-c', 'echo >>ran'],
  barrier: ['barrier', 'tls', '--parties', '2', '-t', '4s'],
};

let directory: string;
let authority: TestCertificate;
let good: string;
/** lines of a server's configuration */
let bad: Record<Fault, string>;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'tls-'));
  authority = createAuthority(directory, 'authority');
  const stranger = createAuthority(directory, 'stranger');
  good = settings(issueCertificate(directory, authority, 'good', NAMES));
  bad = {
    'is for another name': settings(issueCertificate(directory, authority, 'other', 'DNS:broker.example')),
    'has expired': settings(issueCertificate(directory, authority, 'expired', NAMES, -1)),
    'is by an unknown authority': settings(issueCertificate(directory, stranger, 'strange', NAMES)),
  };
});

afterAll(() => {
  rmSync(directory, { recursive: true, force: true });
});

function settings({ cert, key }: TestCertificate): string {
  return `tls {\n  cert_file: "${cert}"\n  key_file: "${key}"\n}`;
}

function createHosts(port: number): TestNetwork {
  const lines = `tls_ca: ${authority.cert}`;
  const hosts = ['com.crypto.us.left', 'com.crypto.us.right'].map((destination) => ({ destination, lines }));
  return createNetwork(`tls://127.0.0.1:${port}`, hosts);
}

describe.each(Object.keys(FAULTS) as Fault[])('a server whose certificate %s', (fault) => {
  it('is refused by each act: exit 3, saying why, and nothing was run', async () => {
    await using server = await startServer(bad[fault], { jetStream: true });
    using network = createHosts(server.port);
    using scripts = createScripts();
    const [{ config }] = network.nodes as [TestNode];
    const running = Object.entries(ACTS).map(
      async ([act, words]) => [act, await run(config, words, { cwd: scripts.path })] as const,
    );
    for (const [act, { exitCode, stdout, stderr }] of await Promise.all(running)) {
      expect({ act, exitCode, stdout, stderr }).toEqual({
        act,
        exitCode: 3,
        stdout: '',
        stderr: expect.stringMatching(FAULTS[fault]),
      });
    }
    expect(scripts.lines('ran')).toEqual([]);
  });

  it('is refused by who comes back to it, and taken once it is good again', async () => {
    await using server = await startServer(good);
    await using proxy = await startProxy(server.port);
    using network = createHosts(proxy.port);
    const [left, right] = network.nodes as [TestNode, TestNode];
    const receiver = await startReady(right.config, ['-u', 'again', '-t', '45s']);
    await server.stop();
    await receiver.said('remaphore: connection to the server lost, reconnecting\n');
    await server.start(bad[fault]);
    const before = proxy.accepted;
    // The second attempt shows that the first has failed.
    await expect.poll(() => proxy.accepted, { timeout: 20_000 }).toBeGreaterThan(before + 1);
    expect(receiver.stderr).not.toContain('again');
    await server.stop();
    await server.start(good);
    await receiver.said('remaphore: connected to a server again\n');
    expect((await run(left.config, ['-s', '-u', 'again', 'heard'])).exitCode).toBe(0);
    expect(await receiver.finished).toMatchObject({ exitCode: 0, stdout: 'heard\n' });
  });
});
