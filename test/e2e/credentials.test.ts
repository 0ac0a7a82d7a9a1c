import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createNetwork, type TestNetwork } from '../helpers/network.ts';
import { createTestOperator, type TestOperator, type TestUser } from '../helpers/operator.ts';
import { run, startReady } from '../helpers/program.ts';
import { startServer, type TestServer } from '../helpers/server.ts';

let server: TestServer;
let directory: string;
let operator: TestOperator;
let good: TestUser;
let stranger: TestUser;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'credentials-'));
  operator = await createTestOperator(directory);
  good = await operator.createUser('good');
  stranger = await (await createTestOperator(directory)).createUser('stranger');
  server = await startServer(await operator.settings());
});

afterAll(async () => {
  rmSync(directory, { recursive: true, force: true });
  await server[Symbol.asyncDispose]();
});

describe('credentials that the server knows', () => {
  it('let a message through', async () => {
    using network = networkWith(good.credentials);
    const [left, right] = configs(network);
    const receiver = await startReady(right, ['-u', 'trusted', '-t', '20s']);
    expect(await run(left, ['-s', '-u', 'trusted'])).toEqual({ exitCode: 0, stdout: '', stderr: '' });
    expect((await receiver.finished).exitCode).toBe(0);
  });

  it('are accepted with CRLF line ends and text around the blocks', async () => {
    const text = readFileSync(good.credentials, 'utf8').replaceAll('\n', '\r\n');
    using network = networkWith(write('crlf.creds', `of the left host\r\n${text}`));
    expect(await run(configs(network)[0], ['-s'])).toMatchObject({ exitCode: 0 });
  });

  it('are used with a warning when everybody on the machine can read the file', async () => {
    using network = networkWith(write('open.creds', readFileSync(good.credentials, 'utf8'), 0o644));
    const { exitCode, stderr } = await run(configs(network)[0], ['-s']);
    expect(exitCode).toBe(0);
    expect(stderr).toMatch(/^remaphore: warning: .*open\.creds: .*can be read by everybody.*\n$/);
  });

  it('are used without a warning when a group can read the file', async () => {
    using network = networkWith(write('group.creds', readFileSync(good.credentials, 'utf8'), 0o640));
    expect(await run(configs(network)[0], ['-s'])).toEqual({ exitCode: 0, stdout: '', stderr: '' });
  });
});

describe('refused credentials', () => {
  // None of these has a time limit of its own that could end it.
  it.each([
    ['-s', ['-s', '-t', '0']],
    ['-r', ['-r']],
    ['a receiver', []],
    ['a receiver with a script', ['true']],
  ])('end %s at once with 3', async (_, words) => {
    using network = networkWith(stranger.credentials);
    const { exitCode, stdout, stderr } = await run(configs(network)[0], words);
    expect({ exitCode, stdout }).toEqual({ exitCode: 3, stdout: '' });
    expect(stderr).toMatch(/^remaphore: error: the server refused the credentials: .*authorization violation.*\n$/i);
  });

  it('are no credentials at all where the server wants some', async () => {
    using network = networkWith('none');
    const { exitCode, stderr } = await run(configs(network)[0], []);
    expect(exitCode).toBe(3);
    expect(stderr).toContain('refused');
  });

  it('are those that have expired', async () => {
    const user = await operator.createUser('expired', { expires: Math.floor(Date.now() / 1000) - 10 });
    using network = networkWith(user.credentials);
    const { exitCode, stderr } = await run(configs(network)[0], []);
    expect(exitCode).toBe(3);
    expect(stderr).toContain('refused the credentials');
  });

  it('never show the seed or the token', async () => {
    using network = networkWith(stranger.credentials);
    const { stderr } = await run(configs(network)[0], []);
    expect(stderr).not.toMatch(/SU[A-Z0-9]{50}|eyJ/);
  });
});

describe('credentials that end while a receiver waits', () => {
  it('end it with 3 when they expire', async () => {
    const user = await operator.createUser('brief', { expires: Math.floor(Date.now() / 1000) + 3 });
    using network = networkWith(user.credentials);
    const receiver = await startReady(configs(network)[0], []);
    const { exitCode, stderr } = await receiver.finished;
    expect(exitCode).toBe(3);
    expect(stderr).toMatch(/remaphore: error: the server refused the credentials: .*expired.*\n$/i);
  });

  it('end it with 3 when the server comes back and has revoked them', async () => {
    const user = await operator.createUser('revoked');
    using network = networkWith(user.credentials);
    const receiver = await startReady(configs(network)[0], []);
    await server.stop();
    await server.start(await operator.settings([user.publicKey]));
    const { exitCode, stderr } = await receiver.finished;
    expect(exitCode).toBe(3);
    expect(stderr).toMatch(/remaphore: error: the server refused the credentials: .*authorization violation.*\n$/i);
  });
});

describe('a credentials file that cannot be used', () => {
  const text = () => readFileSync(good.credentials, 'utf8');

  it.each([
    ['is empty', () => '', 'expected a block `-----BEGIN NATS USER JWT-----`'],
    ['has no token', () => text().slice(text().indexOf('-----BEGIN USER NKEY')), 'BEGIN NATS USER JWT'],
    ['is cut off in the seed', () => text().slice(0, text().indexOf('\nSU') + 20), 'BEGIN USER NKEY SEED'],
    [
      'has a damaged seed',
      () => text().replace(/\nSU([A-Z0-9]{56})/, (_, rest) => `\nSU${flip(rest)}`),
      'the seed is damaged',
    ],
    ['has an account’s seed', () => text().replace(/\nSU([A-Z0-9]{56})/, '\nSA$1'), 'the seed is damaged'],
  ])('%s: exit 2, saying what was expected', async (_, content, expected) => {
    using network = networkWith(write('damaged.creds', content()));
    const { exitCode, stdout, stderr } = await run(configs(network)[0], ['-s']);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain('damaged.creds');
    expect(stderr).toContain(expected);
    expect(stderr).not.toMatch(/SU[A-Z0-9]{50}|eyJ/);
  });

  it('is missing: exit 2, naming it', async () => {
    using network = networkWith(join(directory, 'missing.creds'));
    const { exitCode, stderr } = await run(configs(network)[0], ['-s']);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/^remaphore: error: .*missing\.creds.*\n/);
  });
});

function networkWith(credentials: string): TestNetwork {
  const lines = `credentials: ${credentials}`;
  const hosts = ['com.crypto.us.left', 'com.crypto.us.right'].map((destination) => ({ destination, lines }));
  return createNetwork(server.url, hosts);
}

function configs(network: TestNetwork): [string, string] {
  return network.nodes.map(({ config }) => config) as [string, string];
}

function write(name: string, text: string, mode = 0o600): string {
  const file = join(directory, name);
  writeFileSync(file, text, { mode });
  return file;
}

/** The same text with its middle character changed. */
function flip(text: string): string {
  const at = text.length >> 1;
  return text.slice(0, at) + (text[at] === 'A' ? 'B' : 'A') + text.slice(at + 1);
}
