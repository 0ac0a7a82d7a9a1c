// What follows a command's name, as its typed options.

import type {
  CheckCommandOptions,
  CompletionCommandOptions,
  DevCommandOptions,
  HelpCommandOptions,
  InitCommandOptions,
  KeygenCommandOptions,
  PingCommandOptions,
} from '../commands/options.ts';
import type { CommandName } from './options.ts';

import { checkTogether, fail, readConfigFile, readList, readPort, readText, readTimeout } from './values.ts';
import type { Words } from './words.ts';

/** How long hosts have to answer a ping when -t does not say. */
const DEFAULT_PING_MS = 2000;
/** How long each server may take to be examined. */
const DEFAULT_CHECK_MS = 5000;

export function readInit(words: Words): InitCommandOptions {
  const { options } = words;
  const [directory] = takeWords(words, 'init', 1);
  const add = readText(options, 'add');
  const example = add === undefined ? 'DIR --nodes com.example.left,com.example.right' : '--add NODE DIR';
  if (directory === undefined) return fail('init: no directory', `as in remaphore init ${example}`);
  if (directory === '') fail('init: the directory’s name is empty', 'is a variable unset?');
  const nodes = readList(options, 'nodes') ?? [];
  if (add === undefined && nodes.length === 0) fail('init: no --nodes', `as in remaphore init ${example}`);
  const servers = readList(options, 'server') ?? [];
  return { directory, nodes, servers, verbs: readList(options, 'verbs'), subject: readText(options, 'subject'), add };
}

export function readDev(words: Words): DevCommandOptions {
  const { options } = words;
  takeWords(words, 'dev', 0);
  const port = readPort(readText(options, 'port'));
  return { nodes: readList(options, 'nodes'), port, verbs: readList(options, 'verbs') };
}

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

export function readCheck(words: Words, env: NodeJS.ProcessEnv): CheckCommandOptions {
  const { options } = words;
  const [file] = takeWords(words, 'check', 1);
  if (file === '') fail('check: the file’s name is empty', 'is a variable unset?');
  return {
    config: file ?? readConfigFile(options, env),
    channel: readText(options, 'subject'),
    offline: options.has('offline'),
    timeoutMs: readTimeout(readText(options, 'timeout')) ?? DEFAULT_CHECK_MS,
  };
}

export function readKeygen(words: Words): KeygenCommandOptions {
  takeWords(words, 'keygen', 0);
  return { destination: readText(words.options, 'destination'), verbs: readList(words.options, 'verbs') };
}

export function readCompletion(words: Words, env: NodeJS.ProcessEnv): CompletionCommandOptions {
  const { options } = words;
  // An empty name is that of no file, about which nothing is to be said in the middle of a line.
  const config = options.get('config') === '' ? '' : readConfigFile(options, env);
  return { topic: takeWords(words, 'completion', 1)[0], config };
}

export { readHistory } from './read-history.ts';

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
