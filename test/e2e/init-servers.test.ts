// What init makes for servers that are several, or have TLS.

import type { ChildProcess } from 'node:child_process';
import { spawnSync } from 'node:child_process';
import { appendFileSync, copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createAuthority, issueCertificate } from '../helpers/certificates.ts';
import { createWorkplace, end, LEFT, modes, RIGHT, type Workplace } from '../helpers/initiated.ts';
import { run, startReady } from '../helpers/program.ts';
import { runServer } from '../helpers/server.ts';
import { connectRaw, untilSubscribed } from '../helpers/wire.ts';

/** Below those that the system gives out, as the ports 2,000 above are, by which the servers reach each other. */
const FIRST_PORT = 20000 + (process.pid % 2000) * 4;

const servers: ChildProcess[] = [];

afterEach(async () => {
  for (const server of servers.splice(0)) await end(server);
});

/** Makes a network of two hosts. */
async function makeNetwork(workplace: Workplace, addresses: readonly string[]) {
  const words = ['init', 'net', '--nodes', `${LEFT},${RIGHT}`, ...addresses.flatMap((url) => ['--server', url])];
  expect(await run('', words, { cwd: workplace.path })).toMatchObject({ exitCode: 0, stderr: '' });
  return (file: string) => join(workplace.path, 'net', file);
}

/** The configuration of a host that knows one of the servers only. */
function only(path: (file: string) => string, node: string, server: string): string {
  const file = path(`${node}.one.conf`);
  const text = readFileSync(path(`${node}.conf`), 'utf8').replace(/^(server: .*\n)+/m, `server: ${server}\n`);
  writeFileSync(file, text, { mode: 0o600 });
  return file;
}

describe('several servers', () => {
  const addresses = [0, 1, 2].map((i) => `nats://127.0.0.1:${FIRST_PORT + i}`);

  it('are one cluster: what is published by one reaches a receiver at another', async () => {
    using workplace = createWorkplace();
    const path = await makeNetwork(workplace, addresses);
    const files = ['nats-server-1.conf', 'nats-server-2.conf', 'nats-server-3.conf'];
    expect(modes(path('.'))).toMatchObject(Object.fromEntries(files.map((file) => [file, '600'])));
    servers.push(...(await Promise.all(files.map((file) => runServer(path(file))))));
    for (const [from, to] of [
      [0, 2],
      [2, 1],
      [1, 0],
    ] as const) {
      const receiver = await startReady(only(path, RIGHT, addresses[to] ?? ''), ['-o', '-t', '20s']);
      const sender = only(path, LEFT, addresses[from] ?? '');
      // The receiver's subscription takes a moment to be known at the other server.
      const client = await connectRaw(addresses[from] ?? '', path(`${LEFT}.creds`));
      await untilSubscribed(client, 'remaphore.all');
      await client.close();
      expect(await run(sender, ['-s', `${from} to ${to}`])).toMatchObject({ exitCode: 0, stderr: '' });
      expect(await receiver.finished).toMatchObject({ exitCode: 0, stdout: `${from} to ${to}\n` });
    }
  });

  it('share a password that no other network has', async () => {
    using workplace = createWorkplace();
    const path = await makeNetwork(workplace, addresses);
    const text = readFileSync(path('nats-server-2.conf'), 'utf8');
    const passwords = text.match(/[0-9a-f]{48}/g) ?? [];
    expect(passwords).toHaveLength(3);
    expect(new Set(passwords).size).toBe(1);
    using other = createWorkplace();
    const otherPath = await makeNetwork(other, addresses);
    expect(readFileSync(otherPath('nats-server-2.conf'), 'utf8')).not.toContain(passwords[0]);
  });

  it('with --add serve a host that knows all of them', async () => {
    using workplace = createWorkplace();
    const path = await makeNetwork(workplace, addresses);
    expect(await run('', ['init', path('.'), '--add', 'com.crypto.third'])).toMatchObject({ exitCode: 0, stderr: '' });
    const lines = addresses.map((address) => `server: ${address}\n`).join('');
    expect(readFileSync(path('com.crypto.third.conf'), 'utf8')).toContain(`\n${lines}credentials`);
  });
});

describe('a server with TLS', () => {
  const address = `tls://127.0.0.1:${FIRST_PORT + 3}`;

  it('does not start until its certificate is there, which init says', async () => {
    using workplace = createWorkplace();
    const words = ['init', 'net', '--nodes', `${LEFT},${RIGHT}`, '--server', address];
    const { stdout } = await run('', words, { cwd: workplace.path });
    const path = (file: string) => join(workplace.path, 'net', file);
    const [cert, key] = [path('nats-server-cert.pem'), path('nats-server-key.pem')];
    expect(stdout).toContain(`    ${cert}\n    ${key}\n`);
    expect(stdout).toContain('the server does not start without');
    const refused = spawnSync(process.env['NATS_SERVER'] ?? 'nats-server', ['-c', path('nats-server.conf')]);
    expect(refused.status).toBe(1);
    expect(String(refused.stderr)).toContain('nats-server-cert.pem');

    const authority = createAuthority(workplace.path, 'authority');
    const own = issueCertificate(workplace.path, authority, 'server', 'IP:127.0.0.1');
    copyFileSync(own.cert, cert);
    copyFileSync(own.key, key);
    servers.push(await runServer(path('nats-server.conf')));
    const config = readFileSync(path(`${LEFT}.conf`), 'utf8');
    // A path from where the configuration is.
    writeFileSync(path(`${LEFT}.conf`), config.replace('\ncredentials:', '\ntls_ca: ../authority.pem\ncredentials:'));
    expect(await run(path(`${LEFT}.conf`), ['-s'])).toEqual({ exitCode: 0, stdout: '', stderr: '' });
    expect((await run(path(`${RIGHT}.conf`), ['-s', '-t', '3s'])).exitCode).toBe(3);
  });

  it('of several shows its certificate to the others', async () => {
    using workplace = createWorkplace();
    const addresses = [0, 1].map((i) => `tls://127.0.0.1:${FIRST_PORT + i}`);
    const path = await makeNetwork(workplace, addresses);
    const authority = createAuthority(workplace.path, 'authority');
    for (const i of [1, 2]) {
      const own = issueCertificate(workplace.path, authority, `server${i}`, 'IP:127.0.0.1');
      copyFileSync(own.cert, path(`nats-server-${i}-cert.pem`));
      copyFileSync(own.key, path(`nats-server-${i}-key.pem`));
      copyFileSync(authority.cert, path(`nats-server-${i}-ca.pem`));
    }
    servers.push(...(await Promise.all([1, 2].map((i) => runServer(path(`nats-server-${i}.conf`))))));
    const [left, right] = [only(path, LEFT, addresses[0] ?? ''), only(path, RIGHT, addresses[1] ?? '')];
    const line = `tls_ca: ${authority.cert}\n`;
    for (const file of [left, right]) {
      const text = readFileSync(file, 'utf8');
      writeFileSync(file, line);
      appendFileSync(file, text);
    }
    const receiver = await startReady(right, ['-o', '-t', '20s']);
    // Until the servers know each other nobody answers.
    let answered = 1;
    while (answered !== 0) answered = (await run(left, ['-r', '-t', '20s'])).exitCode;
    expect((await receiver.finished).exitCode).toBe(0);
  });
});
