// Writes the licences of the packages that the bundles contain, as those licences ask for.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './bundle.mjs';

/**
 * @param {string} file where to
 * @param {(import('esbuild').Metafile | undefined)[]} metafiles what esbuild says of each bundle
 */
export function writeLicences(file, metafiles) {
  const inputs = metafiles.flatMap((metafile) => Object.keys(metafile?.inputs ?? {}));
  const directories = inputs.flatMap((input) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0] ?? []);
  const texts = [...new Set(directories)].sort().map(readLicence);
  writeFileSync(file, `remaphore's program contains these packages.\n\n${[...new Set(texts)].join('\n')}`);
}

/** @param {string} directory a package's, from the root */
function readLicence(directory) {
  const { name, version, license } = JSON.parse(readFileSync(join(root, directory, 'package.json'), 'utf8'));
  const file = readdirSync(join(root, directory)).find((entry) => /^licen[cs]e(\.(md|txt))?$/i.test(entry));
  if (license === undefined) throw new Error(`${name}: its package.json names no licence`);
  const text = file === undefined ? '' : `\n${readFileSync(join(root, directory, file), 'utf8').trim()}\n`;
  return `${'-'.repeat(80)}\n${name} ${version} (${license})\n${text}`;
}
