import { readFileSync } from 'node:fs';
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
  // The character can also have been typed: the kernel has the bytes, where it shows them.
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(readFileSync('/proc/self/cmdline'));
  } catch {
    throw new UsageError(
      'option',
      'a word is not valid UTF-8 and would not arrive as it was written',
      'send any bytes from standard input: remaphore -s -',
    );
  }
}
