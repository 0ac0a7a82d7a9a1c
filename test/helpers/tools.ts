import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/**
 * Whether a program is there that a test needs. `npm test` installs those where it can, and says which tests are skipped
 * where it cannot; on CI all have to be there (scripts/tools.mjs).
 */
export function hasProgram(name: string): boolean {
  return (process.env['PATH'] ?? '').split(delimiter).some((folder) => existsSync(join(folder, name)));
}
