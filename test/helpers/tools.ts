import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/**
 * Whether a program is there that a test needs. `npm test` installs those where it can, and says which tests are skipped
 * where it cannot; on CI all have to be there (scripts/tools.mjs).
 */
export function hasProgram(name: string): boolean {
  return (process.env['PATH'] ?? '').split(delimiter).some((folder) => existsSync(join(folder, name)));
}

/** Whether this user may have a file system for itself, which some machines do not allow. */
export function canMount(): boolean {
  return spawnSync('unshare', ['-rm', 'true']).status === 0;
}
