import { isUtf8 } from 'node:buffer';
import { readFileSync } from 'node:fs';
import type { Output } from '../commands/context.ts';
import { UsageError } from '../signal/errors.ts';

const REPLACEMENT = '\ufffd';

/**
 * Refuses words that the runtime could not read: it replaces what is not UTF-8, and to send or run something else
 * than was written would be worse than to refuse.
 *
 * @param argv the words as the runtime read them
 * @throws UsageError 'option'
 */
export function assertArgumentsIntact(argv: readonly string[]): void {
  if (!argv.some((word) => word.includes(REPLACEMENT))) return;
  if (!isIntact('/proc/self/cmdline')) {
    throw new UsageError(
      'option',
      'a word is not valid UTF-8 and would not arrive as it was written',
      'send any bytes from standard input: remaphore -s -',
    );
  }
}

/**
 * Tells of variables that scripts would inherit changed, for the same reason.
 *
 * @param env the environment as the runtime read it
 */
export function warnOfMangledVariables(env: NodeJS.ProcessEnv, output: Output): void {
  const suspects = Object.keys(env).filter((name) => `${name}${env[name]}`.includes(REPLACEMENT));
  if (suspects.length === 0 || isIntact('/proc/self/environ')) return;
  output.warning(`not valid UTF-8, so that scripts get them changed: the variables ${suspects.join(', ')}`);
}

/** Whether the kernel's bytes are UTF-8: the replacement character can also have been typed. */
function isIntact(path: string): boolean {
  try {
    return isUtf8(readFileSync(path));
  } catch {
    return false;
  }
}
