// A first word that is no command is a script, which a receiver would wait to run for ever. One that only looks like a
// command, and is nothing that could be run, is taken for a slip.

import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { findResembling } from '../config/resembling.ts';
import { COMMAND_NAMES } from './commands.ts';
import { fail } from './values.ts';

/** What is an option here and a command of other programs. */
const OPTIONS = ['version', 'send', 'request'];

/**
 * Refuses a command line whose first word was probably to be a command.
 *
 * @param word the first word
 * @param env for PATH
 * @throws UsageError 'option', naming the command
 */
export function assertNotMistyped(word: string, env: NodeJS.ProcessEnv): void {
  const meant = OPTIONS.includes(word) ? `--${word}` : findResembling(word, COMMAND_NAMES);
  if (meant === undefined || word.includes('/') || isOnPath(word, env)) return;
  fail(
    `no command is called ${JSON.stringify(word)}, and no script on the PATH`,
    `did you mean ${meant}? A script of that name is run as -- ${word}, or ./${word}`,
  );
}

function isOnPath(name: string, env: NodeJS.ProcessEnv): boolean {
  return (env['PATH'] ?? '').split(delimiter).some((folder) => existsSync(join(folder, name)));
}
