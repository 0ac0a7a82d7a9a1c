import type {
  ExampleCommandOptions,
  ReceiveCommandOptions,
  RequestCommandOptions,
  Requirement,
  SendCommandOptions,
} from '../commands/options.ts';
import { DURATION_FORM, nsToMs, parseDuration } from '../config/duration.ts';
import { DEFAULT_CONFIG_FILE } from '../config/load.ts';
import { UsageError } from '../signal/errors.ts';
import { type Act, OPTIONS, type OptionName, type OptionSpec } from './options.ts';
import type { Words } from './words.ts';

/** What the command line asks for. */
export type ActOptions =
  | SendCommandOptions
  | RequestCommandOptions
  | ReceiveCommandOptions
  | ExampleCommandOptions
  | { act: 'help' }
  | { act: 'version' };

const SPECS: readonly OptionSpec[] = OPTIONS;

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
  if (options.has('help')) return { act: 'help' };
  if (options.has('version')) return { act: 'version' };
  const act = chooseAct(options);
  checkTogether(options, act);
  if (act === 'example') {
    if (rest.length > 0) fail(`--example takes no words, got ${JSON.stringify(rest[0])}`);
    return { act, form: options.has('yaml') ? 'yaml' : 'lines' };
  }

  const text = (name: OptionName) => readText(options, name);
  const common = {
    config: text('config') ?? (env['REMAPHORE_CONFIG'] || DEFAULT_CONFIG_FILE),
    channel: text('subject'),
    quiet: options.has('quiet'),
    destination: text('destination'),
    publicKey: text('public-key'),
    uuid: text('uuid'),
    timeoutMs: readTimeout(text('timeout')),
  };
  const verbs = readVerbs(text('verb'));
  if (act === 'receive') return { act, ...common, verbs, ...readReceiving(options, rest) };

  const fromStdin = rest.length === 1 && rest[0] === STDIN_WORD && !afterDashes;
  const payload = fromStdin ? undefined : rest.join(' ');
  const sending = { ...common, verb: verbs?.[0], payload };
  return act === 'send' ? { act, ...sending } : { act, ...sending, require: readRequirement(text('require')) };
}

function chooseAct(options: Words['options']): Act {
  if (options.has('send')) return 'send';
  if (options.has('request')) return 'request';
  return options.has('example') ? 'example' : 'receive';
}

function checkTogether(options: Words['options'], act: Act): void {
  for (const spec of SPECS.filter(({ name }) => options.has(name as OptionName))) {
    const other = spec.excludes?.find((name) => options.has(name as OptionName));
    if (other !== undefined) fail(`--${spec.name} and --${other} exclude each other`);
    if (spec.acts.includes(act)) continue;
    const needed = spec.acts.map((name) => (name === 'receive' ? 'receiving' : `--${name}`)).join(' and ');
    fail(`--${spec.name} is for ${needed}, not for ${act === 'receive' ? 'receiving' : `--${act}`}`);
  }
}

function readReceiving(options: Words['options'], script: readonly string[]) {
  const once = options.has('once') || options.has('uuid');
  const hasScript = script.length > 0;
  if (script[0] === '') fail('the script’s name is empty');
  if (options.has('stdin') && !hasScript) fail('--stdin needs a script to give the payload to');
  if (options.has('exit-status') && !(once && hasScript)) fail('--exit-status needs --once (or --uuid) and a script');
  return {
    anyDestination: options.has('any-destination'),
    once,
    jobs: readJobs(readText(options, 'jobs')),
    stdin: options.has('stdin'),
    exitStatus: options.has('exit-status'),
    script,
  };
}

/** An option's value; an empty one is an unset variable in somebody's script, and never means "anything". */
function readText(options: Words['options'], name: OptionName): string | undefined {
  const value = options.get(name);
  if (value === '') fail(`--${name} is empty`, 'is a variable unset?');
  return value === true ? undefined : value;
}

function readTimeout(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const ns = parseDuration(text, { days: true });
  if (ns === undefined) return fail(`--timeout ${JSON.stringify(text)}: expected ${DURATION_FORM}, or 0`);
  if (text.startsWith('-')) return fail(`--timeout ${JSON.stringify(text)}: cannot be negative`);
  // What rounds to nothing is not the 0 that means "never".
  return nsToMs(ns === 0n && /[1-9]/.test(text) ? 1n : ns);
}

function readVerbs(text: string | undefined): string[] | undefined {
  const verbs = text?.split(',').map((verb) => verb.trim());
  if (verbs?.includes('')) fail(`--verb ${JSON.stringify(text)}: a verb is empty`);
  return verbs;
}

function readJobs(text: string | undefined): number {
  if (text === undefined) return 1;
  const jobs = /^[0-9]{1,6}$/.test(text) ? Number(text) : 0;
  return jobs > 0 ? jobs : fail(`--jobs ${JSON.stringify(text)}: expected a whole number from 1`);
}

function readRequirement(text: string | undefined): Requirement | undefined {
  if (text === undefined) return undefined;
  if (text.toLowerCase() === 'all') return 'all';
  const [, digits, percent] = /^([0-9]{1,9})(%?)$/.exec(text) ?? [];
  const number = Number(digits ?? 0);
  if (number === 0 || (percent === '%' && number > 100)) {
    fail(`--require ${JSON.stringify(text)}: expected all, a number from 1, or 1% to 100%`);
  }
  return percent === '%' ? { percent: number } : { count: number };
}

function fail(message: string, hint?: string): never {
  throw new UsageError('option', message, hint);
}
