import { readFile } from 'node:fs/promises';
import { ConfigError } from './errors.ts';

/**
 * Reads a file that the configuration consists of or names.
 *
 * @param path the file's path
 * @throws ConfigError 'unreadable' saying why
 */
export async function readTextFile(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new ConfigError('unreadable', path, undefined, describe(error as NodeJS.ErrnoException), { cause: error });
  }
}

function describe({ code }: NodeJS.ErrnoException): string {
  if (code === 'ENOENT') return 'no such file';
  if (code === 'EACCES') return 'this user may not read it';
  if (code === 'EISDIR') return 'it is a directory';
  return `cannot be read (${code ?? 'unknown error'})`;
}
