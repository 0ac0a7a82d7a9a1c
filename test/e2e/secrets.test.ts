// Where keys must not get to. That no output of any end-to-end test holds one is checked where programs are started
// (helpers/program.ts); here is what is no output, and that the check would find one.

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import bs58 from 'bs58';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { forgeMessage, type TestKeys } from '../helpers/forge.ts';
import { createNetwork, type TestNetwork } from '../helpers/network.ts';
import { createTestOperator } from '../helpers/operator.ts';
import { run, runShell, startReady } from '../helpers/program.ts';
import { createScripts, type ScriptDirectory } from '../helpers/scripts.ts';
import { findSecret } from '../helpers/secrets.ts';
import { startServer, type TestServer } from '../helpers/server.ts';
import { connectRaw } from '../helpers/wire.ts';

let scripts: ScriptDirectory;
let server: TestServer;
let network: TestNetwork;
let credentials: string;
const keys = () => network.nodes[0]?.keys as TestKeys;
const config = (node: number) => network.nodes[node]?.config as string;

beforeAll(async () => {
  scripts = createScripts();
  const operator = await createTestOperator(scripts.path);
  ({ credentials } = await operator.createUser('hosts'));
  server = await startServer(await operator.settings());
  const lines = `credentials: ${credentials}`;
  network = createNetwork(server.url, [
    { destination: 'com.x.left', lines },
    { destination: 'com.x.right', lines },
  ]);
});

afterAll(async () => {
  network[Symbol.dispose]();
  await server[Symbol.asyncDispose]();
  scripts[Symbol.dispose]();
});

async function send(payload = '', verb = 'ping'): Promise<void> {
  const client = await connectRaw(server.url, credentials);
  client.publish('remaphore.all', forgeMessage(keys(), { payload, verb }));
  await client.flush();
  await client.close();
}

describe('a program that holds a private key and credentials', () => {
  it('has neither in its own arguments and environment, nor in those of its script', async () => {
    const script = scripts.write(
      'look',
      'for pid in $$ $PPID; do cat "/proc/$pid/cmdline" "/proc/$pid/environ" | tr "\\0" "\\n"; done',
    );
    const receiver = await startReady(config(1), ['-o', '-t', '30s', script]);
    await send();
    const { stdout, exitCode } = await receiver.finished;
    expect(exitCode).toBe(0);
    // The script's, and the receiver's with its words.
    expect(stdout.split('REMAPHORE_CONFIG=')).toHaveLength(3);
    expect(stdout).toContain(`-o\n-t\n30s\n${script}\n`);
    expect(findSecret(stdout)).toBeUndefined();
  });

  it('gives its script the caller’s environment, what is said of the message, and nothing else', async () => {
    const script = scripts.write('env', 'exec env -0');
    const receiver = await startReady(config(1), ['-o', '-t', '30s', script], { env: { OF_THE_CALLER: 'yes' } });
    // What looks like a variable, or like two words, is what the sender says.
    await send('x\nLD_PRELOAD=/evil.so\nPATH=/evil', 'ping\nLD_PRELOAD=/evil.so');
    const entries = (await receiver.finished).stdout.split('\0').slice(0, -1);
    const { NODE_EXTRA_CA_CERTS: _, ...caller } = process.env;
    const names = entries.map((entry) => entry.slice(0, entry.indexOf('='))).filter((name) => !(name in caller));
    expect(names.sort()).toEqual(
      [
        'OF_THE_CALLER',
        'REMAPHORE_CONFIG',
        'REMAPHORE_DESTMATCH',
        'REMAPHORE_MSG',
        'REMAPHORE_SENDER',
        'REMAPHORE_SENDER_DESTINATION',
        'REMAPHORE_TIME',
        'REMAPHORE_UUID',
        'REMAPHORE_VERB',
        'REMOPHORE_DESTMATCH',
      ].filter((name) => !(name in caller)),
    );
    expect(entries).toContain(`PATH=${process.env['PATH']}`);
    expect(entries).toContain('REMAPHORE_VERB=ping\nld_preload=/evil.so');
  });

  it('has no file open that holds one when its script runs', async () => {
    const script = scripts.write('open', 'cat /proc/$PPID/maps; ls -l /proc/$$/fd /proc/$PPID/fd');
    const receiver = await startReady(config(1), ['-o', '-t', '30s', script]);
    await send();
    const { stdout } = await receiver.finished;
    expect(stdout).toContain(' 2 -> ');
    expect(stdout).not.toContain(config(1));
    expect(stdout).not.toContain(credentials);
  });
});

describe('an output that gives away a key fails its test', () => {
  const seed = () => Buffer.from(bs58.decode(keys().privateKey)).subarray(0, 32);

  it.each([
    ['in a configuration', () => readFileSync(config(0), 'utf8')],
    ['in a credentials file', () => readFileSync(credentials, 'utf8')],
    ['in a line of JSON', () => JSON.stringify({ error: `wrong key ${keys().privateKey}` })],
    ['as the seed alone', () => bs58.encode(seed())],
    ['in hex', () => `<${seed().toString('hex')}>`],
    ['in base64', () => seed().toString('base64')],
  ])('%s', async (_, text) => {
    const print = (options = {}) =>
      runShell(config(0), 'printf "%s\\n" "$TEXT" >&2', { env: { TEXT: text() }, ...options });
    await expect(print()).rejects.toThrow(/^standard error of .* holds /);
    expect((await print({ printsKeys: true })).exitCode).toBe(0);
  });

  it('also when the program made the key itself', async () => {
    await expect(run('/nowhere', ['-C'])).rejects.toThrow(/^standard output of -C holds a private key/);
  });

  it('but not when it holds public keys and signatures, as messages do', async () => {
    const text = forgeMessage(keys()).toString();
    expect((await runShell(config(0), 'echo "$TEXT"', { env: { TEXT: text } })).exitCode).toBe(0);
  });
});

describe('the packed package', () => {
  it('holds no key but the one of the example configuration, which everybody knows', () => {
    const root = join(import.meta.dirname, '../..');
    const pack = execFileSync('npm', ['pack', '--json', '--dry-run', '--ignore-scripts'], {
      cwd: root,
      encoding: 'utf8',
    });
    const [{ files }] = JSON.parse(pack) as [{ files: { path: string }[] }];
    const holding = files.filter(({ path }) => findSecret(readFileSync(join(root, path), 'latin1')) !== undefined);
    expect(files.length).toBeGreaterThan(20);
    expect(holding.map(({ path }) => path)).toEqual(['examples/remaphore.conf']);
  });
});
