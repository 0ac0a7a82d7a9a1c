import { accessSync, constants, existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { UsageError } from './options.ts';
import type { ProgramName } from './rows.ts';

/** Something that can be started: the file, and arguments before all others. */
export interface Executable {
  file: string;
  args: readonly string[];
}

/** A program that is measured. */
export interface BenchProgram extends Executable {
  name: ProgramName;
}

/** What every start is compared with: node itself, doing nothing. */
export const NODE: Executable = { file: process.execPath, args: ['-e', '0'] };

/**
 * The programs that are there.
 *
 * @param root the project's directory, built
 * @param peer path of another implementation's executable
 * @throws Error when the peer cannot be run
 */
export function findPrograms(root: string, peer: string | undefined): BenchProgram[] {
  const programs: BenchProgram[] = [{ name: 'bundle', file: process.execPath, args: [join(root, 'bin/remaphore.js')] }];
  const binary = join(root, 'dist/remaphore');
  if (existsSync(binary)) programs.push({ name: 'binary', file: binary, args: [] });
  if (peer !== undefined) {
    const file = resolve(peer);
    try {
      accessSync(file, constants.X_OK);
    } catch {
      throw new UsageError(`--peer: ${peer} is no file that can be run`);
    }
    programs.push({ name: 'peer', file, args: [] });
  }
  return programs;
}
