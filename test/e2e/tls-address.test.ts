// A server given by its IP address must have a certificate for that address, whatever else the certificate is for.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAuthority, issueCertificate, type TestCertificate } from '../helpers/certificates.ts';
import { createNetwork, type TestNode } from '../helpers/network.ts';
import { type Ended, run } from '../helpers/program.ts';
import { startServer } from '../helpers/server.ts';

let directory: string;
let authority: TestCertificate;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'tls-'));
  authority = createAuthority(directory, 'authority');
});

afterAll(() => {
  rmSync(directory, { recursive: true, force: true });
});

/** Sends by a server at tls://127.0.0.1 whose certificate is for these names. */
async function sendBy(name: string, names: string, limit: string): Promise<Ended> {
  const { cert, key } = issueCertificate(directory, authority, name, names);
  await using server = await startServer(`tls {\n  cert_file: "${cert}"\n  key_file: "${key}"\n}`);
  const host = { destination: 'com.crypto.us.left', lines: `tls_ca: ${authority.cert}` };
  using network = createNetwork(`tls://127.0.0.1:${server.port}`, [host]);
  const [{ config }] = network.nodes as [TestNode];
  return await run(config, ['-s', '-t', limit]);
}

describe('a server at tls://127.0.0.1', () => {
  it('is used when its certificate is for this address alone', async () => {
    expect(await sendBy('same', 'IP:127.0.0.1', '5s')).toEqual({ exitCode: 0, stdout: '', stderr: '' });
  });

  it.each([
    ['another address', 'IP:127.0.0.2'],
    ['another address and the name localhost', 'IP:127.0.0.2,DNS:localhost'],
    ['the name localhost', 'DNS:localhost'],
    ['a name that is spelled like the address', 'DNS:127.0.0.1'],
  ])('is refused when its certificate is for %s: exit 3', async (name, names) => {
    const { exitCode, stdout, stderr } = await sendBy(name.replaceAll(' ', '-'), names, '2s');
    expect({ exitCode, stdout }).toEqual({ exitCode: 3, stdout: '' });
    expect(stderr).toContain('IP: 127.0.0.1 is not in the cert');
  });
});
