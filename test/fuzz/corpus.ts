// test/corpus/<target>/ holds inputs that were found: those for which something did not hold, and those that reach code
// which the seeds do not reach. Each is a file named by its hash.

import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const CORPUS = fileURLToPath(new URL('../corpus', import.meta.url));

/** The inputs of one target, in the order of their names. */
export function readCorpus(target: string): { file: string; input: Buffer }[] {
  const directory = join(CORPUS, target);
  if (!existsSync(directory)) return [];
  const files = readdirSync(directory).sort();
  return files.map((file) => ({ file, input: readFileSync(join(directory, file)) }));
}

/** @returns the file's path */
export function addToCorpus(target: string, input: Uint8Array): string {
  const directory = join(CORPUS, target);
  mkdirSync(directory, { recursive: true });
  const path = join(directory, createHash('sha256').update(input).digest('hex').slice(0, 12));
  writeFileSync(path, input);
  return path;
}
