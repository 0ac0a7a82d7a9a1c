import { readFileSync } from 'node:fs';
import { decodeUtf8 } from '../protocol/utf8.ts';
import { ConfigError } from './errors.ts';

/** Some editors begin a file with it. */
const BYTE_ORDER_MARK = '\ufeff';

/**
 * Reads a file that the configuration consists of or names.
 *
 * @param path the file's path
 * @throws ConfigError 'unreadable' saying why; 'syntax' when it is not UTF-8
 */
export async function readTextFile(path: string): Promise<string> {
  let bytes: Uint8Array;
  try {
    // Not node:fs/promises: to load it takes longer than to read.
    bytes = readFileSync(path);
  } catch (error) {
    throw new ConfigError('unreadable', path, undefined, describe(error as NodeJS.ErrnoException), { cause: error });
  }
  const text = decodeUtf8(bytes);
  if (text === undefined) throw new ConfigError('syntax', path, undefined, 'expected UTF-8');
  return text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text;
}

function describe({ code }: NodeJS.ErrnoException): string {
  if (code === 'ENOENT') return 'no such file';
  if (code === 'EACCES') return 'this user may not read it';
  if (code === 'EISDIR') return 'it is a directory';
  return `cannot be read (${code ?? 'unknown error'})`;
}
