import type {
  ExampleCommandOptions,
  ReceiveCommandOptions,
  RequestCommandOptions,
  SendCommandOptions,
} from '../commands/options.ts';
import { COMMAND_NAMES } from './commands.ts';
import type { Act, OptionName } from './options.ts';
import {
  checkTogether,
  fail,
  readConfigFile,
  readCount,
  readJobs,
  readRequirement,
  readRetries,
  readSince,
  readText,
  readTimeout,
  readVerbs,
} from './values.ts';
import type { Words } from './words.ts';

/** What the command line asks for when its first word is no command's name. */
export type ActOptions = SendCommandOptions | RequestCommandOptions | ReceiveCommandOptions | ExampleCommandOptions;

/** An argument of exactly this reads the payload from standard input. */
const STDIN_WORD = '-';

/**
 * Makes sense of a command line's options.
 *
 * @param words the options and what follows them
 * @param env for $REMAPHORE_CONFIG
 * @throws UsageError 'option' saying what was expected
 */
export function readAct({ options, rest, afterDashes }: Words, env: NodeJS.ProcessEnv): ActOptions {
  const act = chooseAct(options);
  checkTogether(options, act);
  if (act === 'example') {
    if (rest.length > 0) fail(`--example takes no words, got ${JSON.stringify(rest[0])}`);
    return { act, form: options.has('yaml') ? 'yaml' : 'lines' };
  }

  const text = (name: OptionName) => readText(options, name);
  const common = {
    config: readConfigFile(options, env),
    channel: text('subject'),
    destination: text('destination'),
    publicKey: text('public-key'),
    uuid: text('uuid'),
    timeoutMs: readTimeout(text('timeout')),
  };
  const verbs = readVerbs(text('verb'));
  if (act === 'receive') {
    if (!afterDashes) assertNoCommand(rest[0]);
    return { act, ...common, verbs, ...readReceiving(options, rest) };
  }

  const fromStdin = rest.length === 1 && rest[0] === STDIN_WORD && !afterDashes;
  const payload = fromStdin ? undefined : rest.join(' ');
  const sending = { ...common, verb: verbs?.[0], payload, dryRun: options.has('dry-run') };
  return act === 'send'
    ? { act, ...sending, keep: options.has('keep') }
    : { act, ...sending, require: readRequirement(text('require')) };
}

function chooseAct(options: Words['options']): Act {
  if (options.has('send')) return 'send';
  if (options.has('request')) return 'request';
  return options.has('example') ? 'example' : 'receive';
}

/** A command's name behind options can mean the command, or a script that has its name. */
function assertNoCommand(word: string | undefined): void {
  if (word === undefined || !COMMAND_NAMES.includes(word)) return;
  fail(
    `${word} after options could be the command or a script`,
    `the command: remaphore ${word} … with its options behind it; the script: -- ${word}, or ./${word}`,
  );
}

function readReceiving(options: Words['options'], script: readonly string[]) {
  const count = readCount(readText(options, 'count'));
  const once = options.has('once') || (options.has('uuid') && count === undefined);
  const hasScript = script.length > 0;
  if (script[0] === '') fail('the script’s name is empty');
  if (options.has('stdin') && !hasScript) fail('--stdin needs a script to give the payload to');
  if (options.has('exit-status') && !(once && hasScript)) fail('--exit-status needs --once (or --uuid) and a script');
  if (options.has('retries') && !options.has('durable')) fail('--retries needs --durable');
  if (options.has('distinct') && count === undefined) fail('--distinct needs --count');
  return {
    sinceMs: readSince(readText(options, 'since')),
    count: once ? 1 : count,
    distinct: options.has('distinct'),
    durable: readText(options, 'durable'),
    retries: readRetries(readText(options, 'retries')),
    anyDestination: options.has('any-destination'),
    jobs: readJobs(readText(options, 'jobs')),
    stdin: options.has('stdin'),
    exitStatus: options.has('exit-status'),
    explain: options.has('explain'),
    script,
  };
}
