// `remaphore completion`: the scripts, and what it tells them of a configuration.

import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { configText, OTHER, OWN, PEER, yamlText } from '../helpers/config-text.ts';
import { createTestKeys } from '../helpers/forge.ts';
import { run } from '../helpers/program.ts';
import { hasProgram } from '../helpers/tools.ts';

let directory: string;
let config: string;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'completion-'));
  config = write('good.conf', configText());
});

afterAll(() => rmSync(directory, { recursive: true, force: true }));

function write(name: string, text: string): string {
  const path = join(directory, name);
  writeFileSync(path, text, { mode: 0o600 });
  return path;
}

describe('a shell’s script', () => {
  describe.each(['bash', 'zsh', 'fish'])('for %s', (shell) => {
    it('is printed, whatever the configuration', async () => {
      const { exitCode, stdout, stderr } = await run('/nonexistent', ['completion', shell]);
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
      expect(stdout).toContain(`# ${shell} completion of remaphore`);
    });

    it.skipIf(!hasProgram(shell))('is good to the shell’s own check', async () => {
      const path = write(`script.${shell}`, (await run('/nonexistent', ['completion', shell])).stdout);
      expect(execFileSync(shell, ['-n', path], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })).toBe('');
    });
  });

  it.each([
    [[], 'completion needs the name of a shell', 'there are bash, zsh, fish'],
    [['tcsh'], 'no completion for a shell called "tcsh"', 'there are bash, zsh, fish'],
    [['zhs'], 'no completion for a shell called "zhs"', 'did you mean zsh?'],
    [['constructor'], 'no completion for a shell called "constructor"', 'there are bash, zsh, fish'],
    [['bash', 'zsh'], 'completion: unexpected word "zsh"', 'see remaphore completion --help'],
    [['bash', '-s'], '--send is for --send, not for completion', undefined],
  ])('is not printed for %j, and what there is, is said', async (words, error, hint) => {
    expect(await run('', ['completion', ...words])).toEqual({
      exitCode: 2,
      stdout: '',
      stderr: `remaphore: error: ${error}\n${hint === undefined ? '' : `remaphore: hint: ${hint}\n`}`,
    });
  });
});

describe('what a configuration has', () => {
  it.each([
    ['verbs', () => 'deploy\nping\n'],
    ['destinations', () => '**\ncom.x.z\n'],
    ['identities', () => `${OWN.publicKey}\t[ping], the default\n`],
    ['peers', () => `${OTHER.publicKey}\tcom.x.z\n`],
  ])('as %s is printed, a line each', async (kind, printed) => {
    const expected = { exitCode: 0, stdout: printed(), stderr: '' };
    expect(await run(config, ['completion', kind])).toEqual(expected);
    expect(await run('/nonexistent', ['completion', kind, '-c', config])).toEqual(expected);
    expect(await run('/nonexistent', ['completion', kind, '-c', write('good.yaml', yamlText())])).toEqual(expected);
  });

  it.each(['verbs', 'destinations', 'identities', 'peers'])(
    'as %s is nothing, without a word, when it cannot be read',
    async (kind) => {
      const broken = [
        write('broken.conf', `${configText()}no line of any section`),
        write('empty.conf', ''),
        write('broken.yaml', '{'),
        directory,
        join(directory, 'missing.conf'),
        '',
      ];
      for (const file of broken) {
        const { exitCode, stdout, stderr } = await run(config, ['completion', kind, '-c', file]);
        expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
        // To send, a mistake in the Peers is of no matter.
        const isReadable = kind === 'identities' && file.endsWith('broken.conf');
        expect(stdout).toBe(isReadable ? `${OWN.publicKey}\t[ping], the default\n` : '');
      }
    },
  );

  it('is printed without a warning about what is odd in it', async () => {
    const odd = write('odd.conf', `colour: blue\n${configText()}`);
    chmodSync(odd, 0o644);
    expect(await run(odd, ['completion', 'verbs'])).toEqual({ exitCode: 0, stdout: 'deploy\nping\n', stderr: '' });
  });

  it('never shows a private key, wherever that stands', async () => {
    const { privateKey } = OWN;
    const misplaced = createTestKeys().privateKey;
    const seed = `SU${'A2'.repeat(28)}`;
    const text = configText({
      identities: [`${OWN.publicKey} ${privateKey} [ping, ${misplaced}, ${seed}]`],
      peers: [
        PEER,
        `${misplaced} ${createTestKeys().publicKey} [ping]`,
        `com.${misplaced}.x ${createTestKeys().publicKey} [ping]`,
        `com.${misplaced}.y ${createTestKeys().publicKey} [ping]`,
        `${seed} ${createTestKeys().publicKey} [ping]`,
      ],
    });
    const file = write('keys.conf', text);
    let printed = '';
    for (const kind of ['verbs', 'destinations', 'identities', 'peers']) {
      const { exitCode, stdout, stderr } = await run(file, ['completion', kind]);
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
      printed += stdout;
    }
    expect(printed).toContain(OWN.publicKey);
    for (const secret of [privateKey, misplaced, seed]) {
      expect(printed.toLowerCase()).not.toContain(secret.slice(0, 20).toLowerCase());
    }
  });
});
