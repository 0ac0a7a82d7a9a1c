// What the program says about itself: the help, the version, and an example configuration that really works.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { run, startReady } from '../helpers/program.ts';
import { openSite } from '../helpers/site.ts';

const site = openSite(['com.a']);

const EVERY_OPTION = [
  '-s, --send',
  '-r, --request',
  '-D, --destination',
  '-d, --any-destination',
  '-o, --once',
  '-p, --public-key',
  '-t, --timeout',
  '-u, --uuid',
  '-v, --verb',
  '-S, --subject',
  '-c, --config',
  '-j, --jobs',
  '--stdin',
  '-e, --exit-status',
  '--require',
  '-q, --quiet',
  '-h, --help',
  '--version',
  '-C,',
  '--yaml',
];

describe('the help', () => {
  it.each([['-h'], ['--help'], ['-s', '-h'], ['-r', '--help', 'text'], ['-t', '5s', '-h']])(
    'is printed for %j %j, and needs no configuration',
    async (...args) => {
      const { exitCode, stdout, stderr } = await run('/nonexistent', args.filter(Boolean));
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
      expect(stdout).toContain('remaphore -s');
    },
  );

  it('names every option', async () => {
    const { stdout } = await run('/nonexistent', ['-h']);
    for (const option of EVERY_OPTION) expect(stdout).toContain(option);
  });

  it('names every exit code', async () => {
    const { stdout } = await run('/nonexistent', ['-h']);
    for (const code of ['0', '1', '2', '3', '4', '70', '71', '74', '128+n']) {
      expect(stdout.replaceAll('\n', ' ')).toContain(` ${code} `);
    }
  });
});

describe('the version', () => {
  it('is the package’s', async () => {
    const manifest = readFileSync(fileURLToPath(new URL('../../package.json', import.meta.url)), 'utf8');
    const { version } = JSON.parse(manifest) as { version: string };
    expect(await run('/nonexistent', ['--version'])).toEqual({ exitCode: 0, stdout: `${version}\n`, stderr: '' });
  });
});

describe.each([
  ['line-based', ['-C'], 'remaphore.conf'],
  ['YAML', ['-C', '--yaml'], 'remaphore.yaml'],
])('the %s example configuration', (_form, args, name) => {
  async function writeExample(): Promise<string> {
    const { exitCode, stdout, stderr } = await run('/nonexistent', args, { printsKeys: true });
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    const path = join(site.directory, name);
    expect(stdout.split('nats://127.0.0.1:4222')).toHaveLength(2);
    writeFileSync(path, stdout.replace('nats://127.0.0.1:4222', site.server.url), { mode: 0o600 });
    return path;
  }

  it('signals to itself with nothing changed but the address', async () => {
    const config = await writeExample();
    const receiver = await startReady(config, ['-u', 'self', '-t', '20s']);
    expect(await run(config, ['-s', '-u', 'self', 'it works'])).toEqual({ exitCode: 0, stdout: '', stderr: '' });
    expect(await receiver.finished).toEqual({ exitCode: 0, stdout: 'it works\n', stderr: 'remaphore: ready\n' });
  });

  it('answers itself', async () => {
    const config = await writeExample();
    const receiver = await startReady(config, ['-o', '-t', '20s', 'echo']);
    expect(await run(config, ['-r', '-t', '20s', 'question'])).toEqual({
      exitCode: 0,
      stdout: 'com.example.host,0,ping question\n',
      stderr: '',
    });
    await receiver.finished;
  });

  it('has a fresh key pair each time, and is the same but for that', async () => {
    const print = () => run('/nonexistent', args, { printsKeys: true });
    const [first, second] = await Promise.all([print(), print()]);
    const keys = (text: string): string[] => text.match(/[1-9A-HJ-NP-Za-km-z]{40,}/g) ?? [];
    const blank = (text: string) => text.replaceAll(/[1-9A-HJ-NP-Za-km-z]{40,}/g, 'KEY');
    expect(keys(first.stdout)).toHaveLength(3);
    expect(keys(first.stdout).filter((key) => keys(second.stdout).includes(key))).toEqual([]);
    expect(blank(first.stdout)).toBe(blank(second.stdout));
  });
});
