import { fstatSync } from 'node:fs';
import { UsageError } from '../signal/errors.ts';

const STDIN = 0;
const STDERR = 2;

/**
 * Standard input to its end, or to somewhat more than `maxBytes`.
 *
 * @throws UsageError 'option' when there is none that can be read: the runtime would take that for an empty one
 */
export async function readStdin(maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    if (fstatSync(STDIN).isDirectory()) throw Object.assign(new Error('it is a directory'), { code: 'EISDIR' });
    for await (const chunk of process.stdin as AsyncIterable<Uint8Array>) {
      chunks.push(chunk);
      size += chunk.length;
      if (size > maxBytes) break;
    }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new UsageError('option', `standard input cannot be read (${code ?? message})`);
  }
  return Buffer.concat(chunks);
}

/** See `CommandContext.ask`. */
export async function ask(question: string, signal: AbortSignal): Promise<string | undefined> {
  const { isatty } = process.getBuiltinModule('node:tty');
  if (!isatty(STDIN) || !isatty(STDERR) || signal.aborted) return undefined;
  const { createInterface } = process.getBuiltinModule('node:readline/promises');
  // Not as a terminal: then Ctrl-C is a signal, as elsewhere.
  const lines = createInterface({ input: process.stdin, output: process.stderr, terminal: false });
  const ended = new Promise<undefined>((resolve) => lines.once('close', () => resolve(undefined)));
  try {
    return await Promise.race([lines.question(question, { signal }).catch(() => undefined), ended]);
  } finally {
    lines.close();
  }
}
