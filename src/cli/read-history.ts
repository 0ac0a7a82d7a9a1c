import type { HistoryCommandOptions, HistoryOptions } from '../commands/options.ts';
import { findResembling } from '../config/resembling.ts';
import type { OptionName } from './options.ts';
import {
  checkTogether,
  fail,
  readConfigFile,
  readDuration,
  readSince,
  readSize,
  readText,
  readTimeout,
  readVerbs,
} from './values.ts';
import type { Words } from './words.ts';

/** What can stand behind `history`. */
interface HistoryWord {
  /** undefined: nothing */
  word: string | undefined;
  /** what is to follow it, one word for each */
  takes?: readonly string[];
  /** those that it has a meaning for, beside those of every word */
  options: readonly OptionName[];
  read(words: Words, common: HistoryOptions, taken: readonly string[]): HistoryCommandOptions;
}

const COMMON: readonly OptionName[] = ['config', 'timeout', 'quiet', 'json', 'help', 'version'];

const WORDS: readonly HistoryWord[] = [
  {
    word: undefined,
    options: ['since', 'follow', 'failed', 'destination', 'public-key', 'uuid', 'verb', 'subject'],
    read: (words, common) => {
      if (words.options.has('failed')) return readFailed(words, common);
      const text = (name: OptionName) => readText(words.options, name);
      return {
        act: 'log',
        ...common,
        sinceMs: readSince(text('since')),
        destination: text('destination'),
        publicKey: text('public-key'),
        uuid: text('uuid'),
        verbs: readVerbs(text('verb')),
        channels: readChannels(words),
        follow: words.options.has('follow'),
      };
    },
  },
  {
    word: 'create',
    options: ['max-age', 'max-bytes', 'replicas', 'subject'],
    read: (words, common) => ({
      act: 'create',
      ...common,
      channels: readChannels(words) ?? [],
      maxAgeMs: readMaxAge(readText(words.options, 'max-age')),
      maxBytes: readSize('max-bytes', readText(words.options, 'max-bytes')),
      replicas: readReplicas(readText(words.options, 'replicas')),
    }),
  },
  { word: 'info', options: [], read: (_, common) => ({ act: 'info', ...common }) },
  {
    word: 'delete',
    options: ['yes'],
    read: ({ options }, common) => ({ act: 'delete', ...common, yes: options.has('yes') }),
  },
  {
    word: 'retry',
    takes: ['ID'],
    options: ['public-key'],
    read: ({ options }, common, [id = '']) => ({
      act: 'retry',
      ...common,
      id,
      publicKey: readText(options, 'public-key'),
    }),
  },
];

function readFailed({ options }: Words, common: HistoryOptions): HistoryCommandOptions {
  for (const option of options.keys()) {
    if (option !== 'failed' && !COMMON.includes(option)) fail(`--failed and --${option} exclude each other`);
  }
  return { act: 'failed', ...common };
}

/** The shortest time that a server takes for a stream's is a tenth of this. */
const MIN_AGE_MS = 1000;

export function readHistory(words: Words, env: NodeJS.ProcessEnv): HistoryCommandOptions {
  const { options, rest } = words;
  checkTogether(options, 'history');
  const found = WORDS.find(({ word }) => word === rest[0]) ?? unknownWord(rest[0] as string);
  const name = found.word === undefined ? 'history' : `history ${found.word}`;
  const taken = rest.slice(1);
  const { takes = [] } = found;
  const missing = takes[taken.length];
  if (missing !== undefined) fail(`${name}: no ${missing}`, 'see remaphore history --help');
  if (taken.includes('')) fail(`${name}: a word is empty`, 'is a variable unset?');
  if (taken.length > takes.length) {
    fail(`${name}: unexpected word ${JSON.stringify(taken[takes.length])}`, 'see remaphore history --help');
  }
  for (const option of options.keys()) {
    if (COMMON.includes(option) || found.options.includes(option)) continue;
    const others = WORDS.filter((other) => other.options.includes(option)).map(({ word }) => word);
    fail(
      `--${option} is for history${others[0] === undefined ? ' alone' : ` ${others.join(' and ')}`}, not for ${name}`,
    );
  }
  return found.read(
    words,
    {
      config: readConfigFile(options, env),
      timeoutMs: readTimeout(readText(options, 'timeout')),
    },
    taken,
  );
}

function unknownWord(word: string): never {
  const names = WORDS.flatMap((known) => known.word ?? []);
  const meant = findResembling(word, names);
  return fail(
    `history: unexpected word ${JSON.stringify(word)}`,
    meant ? `did you mean history ${meant}?` : `there are history ${names.join(', history ')}`,
  );
}

/** Each -S; undefined without one. */
function readChannels({ values }: Words): string[] | undefined {
  const channels = values.get('subject');
  if (channels?.includes('')) fail('--subject is empty', 'is a variable unset?');
  return channels && [...new Set(channels)];
}

function readMaxAge(text: string | undefined): number | undefined {
  const maxAgeMs = readDuration('max-age', text);
  if (maxAgeMs === undefined || maxAgeMs === 0) return maxAgeMs;
  return maxAgeMs >= MIN_AGE_MS ? maxAgeMs : fail(`--max-age ${JSON.stringify(text)}: expected 1s or more, or 0`);
}

function readReplicas(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  return text === '1' || text === '3' ? Number(text) : fail(`--replicas ${JSON.stringify(text)}: expected 1 or 3`);
}
