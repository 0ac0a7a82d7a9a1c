// Makes dist/remaphore: the program and its runtime (bun) in one executable that needs nothing else, and its SHA-256 sum.
// The same sources and packages give the same bytes.

import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleProgram, root } from './bundle.mjs';

/** Names are part of the executable: they may not change from build to build. */
const BUNDLE = 'program.cjs';
const EXECUTABLE = 'remaphore';

/** Exit code (EX_UNAVAILABLE of sysexits.h). */
const NO_BUN = 69;

/** Its package is a script until an install script has put the platform's executable there, which may be switched off. */
function findBun() {
  const platforms = join(root, 'node_modules/@oven');
  const executables = existsSync(platforms)
    ? readdirSync(platforms).map((name) => join(platforms, name, 'bin/bun'))
    : [];
  executables.push(join(root, 'node_modules/.bin/bun'));
  const bun = executables.find((path) => spawnSync(path, ['--version'], { stdio: 'ignore' }).status === 0);
  if (bun !== undefined) return bun;
  console.error('build-binary: no bun for this platform; npm ci installs it where there is one');
  return process.exit(NO_BUN);
}

const bun = findBun();
const directory = mkdtempSync(join(tmpdir(), 'remaphore-build-'));
try {
  // A file inside the executable has no URL; only the help's look-up of translations asks for one.
  await bundleProgram(join(directory, BUNDLE), { define: { 'import.meta.url': '"file:///"' } });
  const options = [
    ...['--compile', '--bytecode', '--minify', '--target=bun', '--format=cjs'],
    // Most runs are over before a compiled function has paid for its compilation, in time or in memory.
    '--compile-jit-policy=20',
    // Nothing in the directory where it happens to be started may change what it does.
    ...['--no-compile-autoload-dotenv', '--no-compile-autoload-bunfig'],
  ];
  execFileSync(bun, ['build', ...options, BUNDLE, '--outfile', EXECUTABLE], {
    cwd: directory,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const executable = join(root, 'dist', EXECUTABLE);
  mkdirSync(join(root, 'dist'), { recursive: true });
  // Renamed, since one that runs cannot be written over.
  copyFileSync(join(directory, EXECUTABLE), `${executable}.new`);
  renameSync(`${executable}.new`, executable);
  const sum = createHash('sha256').update(readFileSync(executable)).digest('hex');
  writeFileSync(`${executable}.sha256`, `${sum}  ${EXECUTABLE}\n`);
} finally {
  rmSync(directory, { recursive: true, force: true });
}
