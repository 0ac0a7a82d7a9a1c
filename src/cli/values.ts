// From the texts of a command line to values, each checked once.

import type { Requirement } from '../commands/options.ts';
import { DURATION_FORM, nsToMs, parseDuration } from '../config/duration.ts';
import { DEFAULT_CONFIG_FILE } from '../config/load.ts';
import { parseSize, SIZE_FORM } from '../config/size.ts';
import { UsageError } from '../signal/errors.ts';
import { type Act, type CommandName, OPTIONS, type OptionName, type OptionSpec } from './options.ts';
import type { Words } from './words.ts';

const SPECS: readonly OptionSpec[] = OPTIONS;
/** More than these are not listed in an error. */
const MANY_ACTS = 3;

const ACTS: readonly string[] = ['send', 'request', 'example'] satisfies Act[];

/**
 * Refuses options that have no meaning together, or none for what is to be done.
 *
 * @throws UsageError 'option'
 */
export function checkTogether(options: Words['options'], act: Act | CommandName): void {
  for (const spec of SPECS.filter(({ name }) => options.has(name as OptionName))) {
    const other = spec.excludes?.find((name) => options.has(name as OptionName));
    if (other !== undefined) fail(`--${spec.name} and --${other} exclude each other`);
    if (spec.acts.includes(act)) continue;
    if (spec.acts.length > MANY_ACTS) fail(`--${spec.name} has no meaning for ${nameAct(act)}`);
    fail(`--${spec.name} is for ${spec.acts.map(nameAct).join(' and ')}, not for ${nameAct(act)}`);
  }
}

function nameAct(act: Act | CommandName): string {
  if (act === 'receive') return 'receiving';
  return ACTS.includes(act) ? `--${act}` : act;
}

/** The configuration's path: the option's, else the environment's, else the usual one. */
export function readConfigFile(options: Words['options'], env: NodeJS.ProcessEnv): string {
  return readText(options, 'config') ?? (env['REMAPHORE_CONFIG'] || DEFAULT_CONFIG_FILE);
}

/** An option's value; an empty one is an unset variable in somebody's script, and never means "anything". */
export function readText(options: Words['options'], name: OptionName): string | undefined {
  const value = options.get(name);
  if (value === '') fail(`--${name} is empty`, 'is a variable unset?');
  return value === true ? undefined : value;
}

/** The parts of an option's value that is a list with commas, none of them empty. */
export function readList(options: Words['options'], name: OptionName): string[] | undefined {
  const text = readText(options, name);
  const items = text?.split(',').map((item) => item.trim());
  if (items?.includes('')) fail(`--${name} ${JSON.stringify(text)}: a part is empty`, 'is a variable unset?');
  return items;
}

/** @returns milliseconds */
export function readTimeout(text: string | undefined): number | undefined {
  return readDuration('timeout', text);
}

/**
 * A duration, or 0.
 *
 * @returns milliseconds
 */
export function readDuration(name: OptionName, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const ns = parseDuration(text, { days: true });
  if (ns === undefined) return fail(`--${name} ${JSON.stringify(text)}: expected ${DURATION_FORM}, or 0`);
  if (text.startsWith('-')) return fail(`--${name} ${JSON.stringify(text)}: cannot be negative`);
  // What rounds to nothing is not the 0 that means "never".
  return nsToMs(ns === 0n && /[1-9]/.test(text) ? 1n : ns);
}

export function readVerbs(text: string | undefined): string[] | undefined {
  const verbs = text?.split(',').map((verb) => verb.trim());
  if (verbs?.includes('')) fail(`--verb ${JSON.stringify(text)}: a verb is empty`);
  return verbs;
}

export function readJobs(text: string | undefined): number {
  return readNumber('jobs', text, 6) ?? 1;
}

export function readCount(text: string | undefined): number | undefined {
  return readNumber('count', text, 9);
}

/** How often to try again. */
export function readRetries(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^[0-9]{1,6}$/.test(text)) return Number(text);
  return fail(`--retries ${JSON.stringify(text)}: expected a whole number from 0`);
}

/** A whole number from 1 with so many digits at most. */
function readNumber(name: OptionName, text: string | undefined, digits: number): number | undefined {
  if (text === undefined) return undefined;
  const number = /^[0-9]+$/.test(text) && text.length <= digits ? Number(text) : 0;
  return number > 0 ? number : fail(`--${name} ${JSON.stringify(text)}: expected a whole number from 1`);
}

/** How far to look back: not 0, which would be nothing. */
export function readSince(text: string | undefined): number | undefined {
  const sinceMs = readDuration('since', text);
  return sinceMs === 0 ? fail(`--since ${JSON.stringify(text)}: expected ${DURATION_FORM}`) : sinceMs;
}

/** @returns bytes; 0: no limit */
export function readSize(name: OptionName, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  return parseSize(text) ?? fail(`--${name} ${JSON.stringify(text)}: expected ${SIZE_FORM}, or 0`);
}

export function readPort(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const port = /^[0-9]{1,5}$/.test(text) ? Number(text) : 0;
  return port > 0 && port < 65536 ? port : fail(`--port ${JSON.stringify(text)}: expected a number from 1 to 65535`);
}

export function readRequirement(text: string | undefined): Requirement | undefined {
  if (text === undefined) return undefined;
  if (text.toLowerCase() === 'all') return 'all';
  const [, digits, percent] = /^([0-9]{1,9})(%?)$/.exec(text) ?? [];
  const number = Number(digits ?? 0);
  if (number === 0 || (percent === '%' && number > 100)) {
    fail(`--require ${JSON.stringify(text)}: expected all, a number from 1, or 1% to 100%`);
  }
  return percent === '%' ? { percent: number } : { count: number };
}

/** @throws UsageError 'option', always */
export function fail(message: string, hint?: string): never {
  throw new UsageError('option', message, hint);
}
