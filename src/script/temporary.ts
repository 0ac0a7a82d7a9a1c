import { mkdtemp, rmdir, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Makes something under a name that is gone when it is made: in a directory that nobody else can enter.
 *
 * @param make opens what it makes at the path it is given
 */
export async function makeNameless<T>(make: (path: string) => Promise<T>): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), 'remaphore-'));
  const path = join(directory, 'nameless');
  try {
    return await make(path);
  } finally {
    // Neither takes a descriptor, so that it works when there are none left.
    await unlink(path).catch(() => {});
    await rmdir(directory).catch(() => {});
  }
}
