// NATS reports what a user is not permitted to do whenever it pleases, as an error on the connection.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Permissions } from '@nats-io/jwt';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createNetwork, type TestNetwork } from '../helpers/network.ts';
import { createTestOperator, type TestOperator } from '../helpers/operator.ts';
import { run, start, startReady } from '../helpers/program.ts';
import { startServer, type TestServer } from '../helpers/server.ts';

const LEFT = 'com.crypto.us.left';
const RIGHT = 'com.crypto.us.right';

let server: TestServer;
let directory: string;
let operator: TestOperator;
let everything: string;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'permissions-'));
  operator = await createTestOperator(directory);
  everything = (await operator.createUser('everything')).credentials;
  server = await startServer(await operator.settings());
});

afterAll(async () => {
  rmSync(directory, { recursive: true, force: true });
  await server[Symbol.asyncDispose]();
});

describe('a user without the permission to publish', () => {
  it.each([
    ['-s', ['-s', '-t', '0'], 'remaphore.all'],
    ['-s on another channel', ['-s', '-t', '0', '-S', 'builds'], 'remaphore.builds'],
    ['-r', ['-r'], 'remaphore.all'],
  ])('%s ends at once with 3, naming the subject', async (_, words, subject) => {
    using network = await hosts({ pub: { deny: ['remaphore.all', 'remaphore.builds'] } });
    const { exitCode, stdout, stderr } = await run(configOf(network, 0), words);
    expect({ exitCode, stdout }).toEqual({ exitCode: 3, stdout: '' });
    expect(stderr).toBe(`remaphore: error: the server does not permit to publish on ${subject}\n`);
  });

  it('still receives', async () => {
    using network = await hosts({ pub: { deny: ['>'] } });
    const receiver = await startReady(configOf(network, 0), ['-u', 'receive_only', '-t', '20s']);
    await run(configOf(network, 1), ['-s', '-u', 'receive_only', 'x']);
    expect(await receiver.finished).toMatchObject({ exitCode: 0, stdout: 'x\n' });
  });
});

describe('a user without the permission to subscribe', () => {
  it.each([
    ['a receiver', [], 'remaphore.all'],
    ['a receiver with a script', ['true'], 'remaphore.all'],
    ['a receiver on another channel', ['-S', 'builds'], 'remaphore.builds'],
  ])('ends %s at once with 3, naming the subject', async (_, words, subject) => {
    using network = await hosts({ sub: { deny: ['remaphore.>'] } });
    const { exitCode, stdout, stderr } = await run(configOf(network, 0), words);
    expect({ exitCode, stdout }).toEqual({ exitCode: 3, stdout: '' });
    expect(stderr).toBe(`remaphore: error: the server does not permit to subscribe to ${subject}\n`);
  });

  it('ends -r at once with 3, naming the subject of the replies', async () => {
    using network = await hosts({ sub: { deny: ['remaphore.>'] } });
    const { exitCode, stderr } = await run(configOf(network, 0), ['-r']);
    expect(exitCode).toBe(3);
    expect(stderr).toMatch(/^remaphore: error: the server does not permit to subscribe to remaphore\.[0-9a-f]{64}\n$/);
  });

  it('still sends', async () => {
    using network = await hosts({ sub: { deny: ['>'] } });
    expect(await run(configOf(network, 0), ['-s'])).toEqual({ exitCode: 0, stdout: '', stderr: '' });
  });
});

describe('a user without the permission to publish replies', () => {
  const DENIED = /remaphore: .*the server does not permit to publish on remaphore\.[0-9a-f]{64}\n/;
  const permissions = { pub: { allow: ['remaphore.all'] } };

  it.each([
    ['without a script', []],
    ['with a script', ['sh', '-c', 'echo done']],
  ])('ends a receiver %s with 3 at the first request, naming the subject', async (_, script) => {
    using network = await hosts(permissions);
    const responder = await startReady(configOf(network, 0), ['-t', '20s', ...script]);
    const request = start(configOf(network, 1), ['-r', '-D', LEFT, '-t', '20s']);
    const { exitCode, stderr } = await responder.finished;
    request.kill('SIGINT');
    await request.finished;
    expect(stderr).toMatch(DENIED);
    expect(exitCode).toBe(3);
  });

  it('ends a receiver with -o with 3, naming the subject', async () => {
    using network = await hosts(permissions);
    const responder = await startReady(configOf(network, 0), ['-o', '-t', '20s', 'true']);
    const request = start(configOf(network, 1), ['-r', '-D', LEFT, '-t', '20s']);
    const { exitCode, stderr } = await responder.finished;
    request.kill('SIGINT');
    await request.finished;
    expect(stderr).toMatch(DENIED);
    expect(exitCode).toBe(3);
  });
});

describe('a permission that ends while a receiver waits', () => {
  it('ends it with 3 when the server comes back without it, naming the subject', async () => {
    const users = (permissions: string) =>
      `no_auth_user: anybody\naccounts { A { users = [ { user: anybody, password: x, ${permissions} } ] } }`;
    await using other = await startServer(users(''));
    using network = createNetwork(other.url, [LEFT, RIGHT]);
    const receiver = await startReady(configOf(network, 0), []);
    await other.stop();
    await other.start(users('permissions: { subscribe: { deny: "remaphore.>" } }'));
    const { exitCode, stderr } = await receiver.finished;
    expect(exitCode).toBe(3);
    expect(stderr).toContain('remaphore: error: the server does not permit to subscribe to remaphore.all\n');
  });
});

/** Two hosts: the first with these permissions, the second with all. */
async function hosts(permissions: Partial<Permissions>): Promise<TestNetwork> {
  const { credentials } = await operator.createUser('restricted', { permissions });
  return createNetwork(server.url, [
    { destination: LEFT, lines: `credentials: ${credentials}` },
    { destination: RIGHT, lines: `credentials: ${everything}` },
  ]);
}

function configOf(network: TestNetwork, index: number): string {
  return network.nodes[index]?.config as string;
}

describe('a user that may have no subscriptions', () => {
  it.each([
    ['a receiver', ['-t', '20s']],
    ['a request', ['-r', '-t', '20s']],
  ])('ends %s at once with 3, and is never said to be ready', async (_, words) => {
    const { credentials } = await operator.createUser('deaf', { subs: 0 });
    using network = createNetwork(server.url, [{ destination: LEFT, lines: `credentials: ${credentials}` }]);
    const { exitCode, stdout, stderr } = await run(configOf(network, 0), words);
    expect({ exitCode, stdout }).toEqual({ exitCode: 3, stdout: '' });
    expect(stderr).toMatch(
      /^remaphore: error: the server does not permit to subscribe: [^\n]*subscriptions exceeded'?\n$/i,
    );
  });
});
