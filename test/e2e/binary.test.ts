// What holds of the single executable only.

import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { runShell } from '../helpers/program.ts';
import { openScripts } from '../helpers/scripts.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const EXECUTABLE = process.env['REMAPHORE_BIN'] ?? join(ROOT, 'dist/remaphore');
const SUM = `${EXECUTABLE}.sha256`;

const directory = openScripts();

/** Runs the executable in the test's directory, with no configuration named. */
function runThere() {
  const words = 'unset REMAPHORE_CONFIG; exec "$REMAPHORE" -s';
  return runShell('', words, { cwd: directory.path, env: { REMAPHORE: EXECUTABLE } });
}

describe.skipIf(!existsSync(SUM))('the single executable, where it has been built', () => {
  it('takes no variables from a .env where it is started', async () => {
    writeFileSync(join(directory.path, '.env'), `REMAPHORE_CONFIG=${directory.path}/named-there\n`);
    const { exitCode, stderr } = await runThere();
    expect(stderr).not.toContain('named-there');
    expect(exitCode).toBe(2);
  });

  it('runs nothing that a bunfig.toml where it is started names', async () => {
    writeFileSync(join(directory.path, 'bunfig.toml'), 'preload = ["./put-in.js"]\n');
    writeFileSync(join(directory.path, 'put-in.js'), 'console.error("put in"); process.exit(99);\n');
    const { exitCode, stderr } = await runThere();
    expect(stderr).not.toContain('put in');
    expect(exitCode).toBe(2);
  });

  it('is what the SHA-256 sum beside it was made of', () => {
    const sum = createHash('sha256').update(readFileSync(EXECUTABLE)).digest('hex');
    expect(readFileSync(SUM, 'utf8')).toBe(`${sum}  ${basename(EXECUTABLE)}\n`);
  });

  it('is the same to the byte when it is built again', async () => {
    const built = readFileSync(SUM, 'utf8');
    await execa(process.execPath, [join(ROOT, 'scripts/build-binary.mjs')]);
    expect(readFileSync(SUM, 'utf8')).toBe(built);
  });
});
