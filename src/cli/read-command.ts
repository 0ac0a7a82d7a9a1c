// What follows a command's name, as its typed options.

import { ExitCode } from '../commands/exit-code.ts';
import type {
  BarrierCommandOptions,
  CheckCommandOptions,
  CompletionCommandOptions,
  DevCommandOptions,
  HelpCommandOptions,
  InitCommandOptions,
  KeygenCommandOptions,
  LockCommandOptions,
  PartyOptions,
  PingCommandOptions,
} from '../commands/options.ts';
import { DURATION_FORM, nsToMs, parseDuration } from '../config/duration.ts';
import { MAX_PARTIES } from '../coordination/barrier-act.ts';
import { MAX_SLOTS, MAX_TTL_MS, MIN_TTL_MS } from '../coordination/lock-act.ts';
import { findNameFault } from '../protocol/streams.ts';
import type { CommandName, OptionName } from './options.ts';
import { checkTogether, fail, readConfigFile, readList, readPort, readText, readTimeout, readVerbs } from './values.ts';
import type { Words } from './words.ts';

/** How long hosts have to answer a ping when -t does not say. */
const DEFAULT_PING_MS = 2000;
/** How long each server may take to be examined. */
const DEFAULT_CHECK_MS = 5000;
/** How long a lock's holder may be silent. */
const DEFAULT_TTL_MS = 30_000;

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

export function readLock(words: Words, env: NodeJS.ProcessEnv): LockCommandOptions {
  const { options, rest, afterDashes, beforeDashes } = words;
  const { verb, ...common } = readParty(words, env, 'lock');
  if (options.has('list')) {
    if (rest.length > 0) fail(`lock --list: unexpected word ${JSON.stringify(rest[0])}`);
    return { ...common, act: 'list', verb };
  }
  const example = 'as in remaphore lock backup -- rsync /srv host:/srv';
  if (afterDashes && beforeDashes === 0) fail('lock: no name before --', example);
  const [name, ...command] = rest;
  checkName('lock', name, example);
  if (command.length === 0) fail('lock: no command', example);
  if (command[0] === '') fail('lock: the command’s name is empty', 'is a variable unset?');
  return {
    ...common,
    act: 'run',
    verb,
    name: name as string,
    slots: readNumber(options, 'slots', 1, MAX_SLOTS) ?? 1,
    isTry: options.has('try'),
    ttlMs: readTtl(readText(options, 'ttl')),
    conflictExitCode: readNumber(options, 'conflict-exit-code', 0, 255) ?? ExitCode.nothing,
    foreground: options.has('foreground'),
    command,
  };
}

export function readBarrier(words: Words, env: NodeJS.ProcessEnv): BarrierCommandOptions {
  const common = readParty(words, env, 'barrier');
  const example = 'as in remaphore barrier deployed --parties 3';
  const [name] = takeWords(words, 'barrier', 1);
  checkName('barrier', name, example);
  const parties = readNumber(words.options, 'parties', 1, MAX_PARTIES);
  if (parties === undefined) return fail('barrier: no --parties', example);
  return { ...common, name: name as string, parties };
}

/** What lock and barrier have in common. */
function readParty({ options }: Words, env: NodeJS.ProcessEnv, name: CommandName): PartyOptions {
  checkTogether(options, name);
  const verbs = readVerbs(readText(options, 'verb'));
  if (verbs !== undefined && verbs.length > 1) fail(`--verb ${JSON.stringify(verbs.join())}: ${name} takes one verb`);
  return {
    config: readConfigFile(options, env),
    verb: verbs?.[0],
    publicKey: readText(options, 'public-key'),
    timeoutMs: readTimeout(readText(options, 'timeout')),
  };
}

function checkName(command: CommandName, name: string | undefined, example: string): void {
  if (name === undefined) fail(`${command}: no name`, example);
  const fault = findNameFault(name as string);
  if (fault !== undefined) fail(`${command} ${JSON.stringify(name)}: ${fault}`);
}

function readTtl(text: string | undefined): number {
  if (text === undefined) return DEFAULT_TTL_MS;
  const ns = parseDuration(text);
  const ms = ns === undefined ? 0 : Math.ceil(nsToMs(ns));
  if (ms >= MIN_TTL_MS && ms <= MAX_TTL_MS) return ms;
  return fail(`--ttl ${JSON.stringify(text)}: expected ${DURATION_FORM}, from 1s to 1h`);
}

function readNumber(options: Words['options'], name: OptionName, least: number, most: number): number | undefined {
  const text = readText(options, name);
  if (text === undefined) return undefined;
  const number = /^[0-9]{1,9}$/.test(text) ? Number(text) : -1;
  if (number >= least && number <= most) return number;
  return fail(`--${name} ${JSON.stringify(text)}: expected a whole number from ${least} to ${most}`);
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
