// What the code cache must not be able to do: end the program, or run another version of it.

import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const directory = mkdtempSync(join(tmpdir(), 'cache-'));
const program = join(directory, 'dist/program.js');
const cache = join(directory, 'dist/program.cache');

beforeEach(() => {
  for (const part of ['bin', 'dist/program.js', 'dist/program.cache']) {
    cpSync(join(ROOT, part), join(directory, part), { recursive: true });
  }
});

afterAll(() => rmSync(directory, { recursive: true, force: true }));

function start(word: string) {
  const { NODE_OPTIONS: _, ...env } = process.env;
  return execa(process.execPath, [join(directory, 'bin/remaphore.js'), word], { extendEnv: false, env, reject: false });
}

describe('the code cache', () => {
  it('of another build of the same length is passed over', async () => {
    const source = readFileSync(program, 'latin1');
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
    const other = version.replace(/[0-9]/g, '9');
    writeFileSync(program, source.replaceAll(version, other), 'latin1');
    expect((await start('--version')).stdout).toBe(other);
  });

  it('with one wrong bit in it does not end the program', async () => {
    const whole = readFileSync(cache);
    // Spread evenly: about one in five of them matters.
    for (let i = 1; i <= 40; i++) {
      const damaged = Buffer.from(whole);
      const at = Math.floor((whole.length * i) / 41);
      damaged.writeUInt8(damaged.readUInt8(at) ^ 0x10, at);
      writeFileSync(cache, damaged);
      const { signal, stdout } = await start('-C');
      expect({ at, signal, isWhole: stdout.includes('[ Identities ]') }).toEqual({
        at,
        signal: undefined,
        isWhole: true,
      });
    }
  }, 30_000);
});
