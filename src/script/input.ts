import { constants } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { openDescriptor } from './descriptor.ts';
import { makeNameless } from './temporary.ts';

/**
 * A payload for a script to read on standard input: a file without a name. A pipe would not do, since a script that
 * opens /dev/stdin after the last byte was written would wait for ever.
 *
 * @returns the descriptor, open for reading
 */
export async function createInput(payload: Uint8Array): Promise<number> {
  return makeNameless(async (path) => {
    await writeFile(path, payload, { mode: 0o600 });
    return openDescriptor(path, constants.O_RDONLY);
  });
}
