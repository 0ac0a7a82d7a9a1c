// npm run audit: whether anything is known against a package that is installed with this one or contained in it, which is
// a failure; what is known against the rest is said. Without a registry that answers there is nothing to go by: said too.

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './install.mjs';

const { stdout } = spawnSync('npm', ['audit', '--json'], { cwd: root, encoding: 'utf8' });
/** @type {Record<string, { severity: string }> | undefined} */
const found = parse(stdout).vulnerabilities;

if (found === undefined) {
  console.log('audit: the registry does not answer such questions, so nothing was audited');
} else {
  const shipped = listShipped();
  const names = Object.keys(found).sort();
  for (const name of names) {
    console.log(`audit: ${name}: ${found[name]?.severity}${shipped.has(name) ? '' : ' (only used to build and test)'}`);
  }
  if (names.some((name) => shipped.has(name))) process.exitCode = 1;
  else console.log('audit: nothing is known against what is installed or contained');
}

/** Names of the packages that users get: installed, in the program, or, with the executable, around it. */
function listShipped() {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  const installed = Object.keys(packages).filter((path) => path !== '' && !packages[path].dev);
  const licences = join(root, 'dist/LICENCES');
  const text = existsSync(licences) ? readFileSync(licences, 'utf8') : '';
  const contained = [...text.matchAll(/^-{80}\n(\S+) /gm)].map(([, name = '']) => name);
  return new Set([...installed.map((path) => path.replace(/^.*node_modules\//, '')), ...contained, 'bun']);
}

/**
 * @param {string} text
 * @returns {{ vulnerabilities?: Record<string, { severity: string }> }} empty when it is no answer
 */
function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}
