// What follows a command's name, as its typed options.

import type { HelpCommandOptions, PingCommandOptions } from '../commands/options.ts';
import type { CommandName } from './options.ts';
import { checkTogether, fail, readConfigFile, readText, readTimeout } from './values.ts';
import type { Words } from './words.ts';

/** How long hosts have to answer a ping when -t does not say. */
const DEFAULT_PING_MS = 2000;

export function readPing(words: Words, env: NodeJS.ProcessEnv): PingCommandOptions {
  const { options } = words;
  takeWords(words, 'ping', 0);
  return {
    config: readConfigFile(options, env),
    channel: readText(options, 'subject'),
    destination: readText(options, 'destination'),
    publicKey: readText(options, 'public-key'),
    timeoutMs: readTimeout(readText(options, 'timeout')) ?? DEFAULT_PING_MS,
  };
}

export function readHelp(words: Words): HelpCommandOptions {
  return { topic: takeWords(words, 'help', 1)[0] };
}

/**
 * The words besides the options.
 *
 * @param most how many there may be
 * @throws UsageError 'option' for more, or an option that has no meaning for the command
 */
function takeWords({ options, rest }: Words, name: CommandName, most: number): readonly string[] {
  checkTogether(options, name);
  if (rest.length > most)
    fail(`${name}: unexpected word ${JSON.stringify(rest[most])}`, `see remaphore ${name} --help`);
  return rest;
}
