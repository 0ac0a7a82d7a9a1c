// The program starts from V8's code cache, which may be missing, damaged, or of another version of node or of itself.

import { createHash } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const DIGEST_BYTES = 32;

const directory = mkdtempSync(join(tmpdir(), 'cache-'));
const program = join(directory, 'dist/program.js');
const cache = join(directory, 'dist/program.cache');

beforeEach(() => {
  for (const part of ['bin', 'dist/program.js', 'dist/program.cache']) {
    cpSync(join(ROOT, part), join(directory, part), { recursive: true });
  }
});

afterAll(() => {
  rmSync(directory, { recursive: true, force: true });
});

function start(word: string, flags: string[] = []) {
  const { NODE_OPTIONS: _, ...env } = process.env;
  const words = [...flags, join(directory, 'bin/remaphore.js'), word];
  return execa(process.execPath, words, { extendEnv: false, env, reject: false });
}

/** Prints an example configuration, which needs no server. */
async function printExample(flags: string[] = []) {
  const { exitCode, signal, stdout } = await start('-C', flags);
  return { exitCode, signal, isWhole: stdout.includes('[ Peers ]') };
}

const GOOD = { exitCode: 0, signal: undefined, isWhole: true };

describe('the code cache', () => {
  it('that the build made is taken by the node that made it', async () => {
    const { stdout } = await execa(process.execPath, [
      '-p',
      `const { readFileSync } = require('node:fs');
      const source = readFileSync(${JSON.stringify(program)}, 'latin1');
      const cachedData = readFileSync(${JSON.stringify(cache)}).subarray(${DIGEST_BYTES});
      new (require('node:vm').Script)(source, { cachedData }).cachedDataRejected;`,
    ]);
    expect(stdout).toBe('false');
  });

  it('for other flags of the runtime is passed over', async () => {
    expect(await printExample(['--no-opt'])).toEqual(GOOD);
  });

  it('that is missing, empty or cut is passed over', async () => {
    const whole = readFileSync(cache);
    for (const contents of [whole.subarray(0, whole.length / 2), whole.subarray(0, DIGEST_BYTES), Buffer.alloc(0)]) {
      writeFileSync(cache, contents);
      expect(await printExample()).toEqual(GOOD);
    }
    rmSync(cache);
    expect(await printExample()).toEqual(GOOD);
  });

  it('of another version of node is passed over', async () => {
    const data = readFileSync(cache).subarray(DIGEST_BYTES);
    // The version stands behind V8's magic number.
    data.writeUInt32LE(data.readUInt32LE(4) ^ 1, 4);
    const digest = createHash('sha256').update(readFileSync(program)).update(data).digest();
    writeFileSync(cache, Buffer.concat([digest, data]));
    expect(await printExample()).toEqual(GOOD);
  });

  it('of another build of the same length is passed over', async () => {
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
    const other = version.replace(/[0-9]/g, '9');
    writeFileSync(program, readFileSync(program, 'latin1').replaceAll(version, other), 'latin1');
    expect((await start('--version')).stdout).toBe(other);
  });

  it('with one wrong bit in it does not end the program', async () => {
    const whole = readFileSync(cache);
    // Spread evenly: V8 alone would be ended by about one in five of them.
    for (let i = 1; i <= 20; i++) {
      const damaged = Buffer.from(whole);
      const at = Math.floor((whole.length * i) / 21);
      damaged.writeUInt8(damaged.readUInt8(at) ^ 0x10, at);
      writeFileSync(cache, damaged);
      expect({ at, ...(await printExample()) }).toEqual({ at, ...GOOD });
    }
  });
});

describe('the program', () => {
  it('is in ASCII, as its start reads it', () => {
    expect(readFileSync(program).every((byte) => byte < 0x80)).toBe(true);
  });
});
