// The program starts from V8's code cache, which may be missing, damaged or another version's.

import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

let directory: string;
let cache: string;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'cache-'));
  for (const part of ['bin', 'dist/program.js', 'dist/program.cache', 'dist/late']) {
    cpSync(join(ROOT, part), join(directory, part), { recursive: true });
  }
  cache = join(directory, 'dist/program.cache');
});

afterAll(() => {
  rmSync(directory, { recursive: true, force: true });
});

/** Prints an example configuration, which takes the build's own functions and no server. */
function printExample(flags: string[] = []) {
  const { NODE_OPTIONS: _, ...env } = process.env;
  return execa(process.execPath, [...flags, join(directory, 'bin/remaphore.js'), '-C'], { extendEnv: false, env });
}

describe('the program', () => {
  it('is made so that this version of node takes its code cache', async () => {
    const { stdout } = await execa(process.execPath, [
      '-p',
      `const { readFileSync } = require('node:fs');
      const source = readFileSync(${JSON.stringify(join(ROOT, 'dist/program.js'))}, 'latin1');
      const cachedData = readFileSync(${JSON.stringify(cache)});
      new (require('node:vm').Script)(source, { cachedData }).cachedDataRejected;`,
    ]);
    expect(stdout).toBe('false');
  });

  it('starts with a cache that belongs to other flags of the runtime', async () => {
    expect((await printExample(['--no-opt'])).stdout).toContain('[ Identities ]');
  });

  it('starts with a cache that is cut, or of another version, and without one', async () => {
    const whole = readFileSync(cache);
    const other = Buffer.from(whole);
    // The version stands behind the magic number.
    other.writeUInt32LE(other.readUInt32LE(4) ^ 1, 4);
    for (const contents of [whole.subarray(0, whole.length / 2), other, Buffer.alloc(0)]) {
      writeFileSync(cache, contents);
      expect((await printExample()).stdout).toContain('[ Identities ]');
    }
    rmSync(cache);
    expect((await printExample()).stdout).toContain('[ Identities ]');
    writeFileSync(cache, whole);
  });

  it('is in ASCII, as its start reads it', () => {
    expect(readFileSync(join(ROOT, 'dist/program.js')).every((byte) => byte < 0x80)).toBe(true);
  });
});
