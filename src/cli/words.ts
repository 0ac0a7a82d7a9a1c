// Options end at the first word that is not one; what follows belongs to the message or the script, dashes and all.
// An option's value is the next word, whatever it looks like, and a flag never takes one. General parsers guess at
// all three, so where the options end is found here.

import { findResembling } from '../config/resembling.ts';
import { UsageError } from '../signal/errors.ts';
import { OPTIONS, type OptionName, type OptionSpec } from './options.ts';

/** A command line taken apart. */
export interface Words {
  /** the value of each option that was given, the last one of repeated ones unless they add up; of a flag, true */
  options: Map<OptionName, string | true>;
  /** every value of each option, where a command wants them all */
  values: Map<OptionName, string[]>;
  /** what follows the options */
  rest: string[];
  /** whether -- ended the options */
  afterDashes: boolean;
  /** how many of the rest stand before that */
  beforeDashes: number;
}

const SPECS: readonly OptionSpec[] = OPTIONS;

/**
 * Finds the options of a command line and where they end.
 *
 * @param argv the words after the program's name, or a command's
 * @param optionsAfter how many words that are none options may follow, as a command's may: `init DIR --nodes …`
 * @throws UsageError 'option' for an unknown option, or a value that is missing or too many
 */
export function splitWords(argv: readonly string[], optionsAfter = 0): Words {
  const options: Words['options'] = new Map();
  const values: Words['values'] = new Map();
  const set = (spec: OptionSpec, value: string | true) => {
    const name = spec.name as OptionName;
    const earlier = spec.repeats && options.get(name);
    options.set(name, earlier ? `${earlier},${value}` : value);
    if (value !== true) values.set(name, [...(values.get(name) ?? []), value]);
  };
  const rest: string[] = [];
  let at = 0;
  /** the value of an option: what is attached to it, else the next word */
  const take = (written: string, attached: string | undefined): string => {
    if (attached !== undefined) return attached;
    const value = argv[at++];
    if (value === undefined) throw new UsageError('option', `${written} needs a value`, 'see remaphore --help');
    return value;
  };

  let afterDashes = false;
  while (at < argv.length) {
    const word = argv[at] as string;
    if (word === '-' || !word.startsWith('-')) {
      if (rest.length >= optionsAfter) break;
      rest.push(word);
      at++;
      continue;
    }
    at++;
    if (word === '--') {
      afterDashes = true;
      break;
    }
    if (word.startsWith('--')) {
      const equals = word.indexOf('=');
      const written = equals === -1 ? word : word.slice(0, equals);
      const attached = equals === -1 ? undefined : word.slice(equals + 1);
      const spec = SPECS.find(({ name }) => `--${name}` === written) ?? unknownOption(written);
      if (spec.value !== undefined) set(spec, take(written, attached));
      else if (attached === undefined) set(spec, true);
      else throw new UsageError('option', `${written} takes no value`);
      continue;
    }
    const [long] = word.slice(1).split('=', 1);
    if (long !== undefined && long.length > 1 && SPECS.some(({ name }) => name === long)) unknownOption(`-${long}`);
    // Short ones may stand together, -so; one with a value is the last of them: -t5s, -t=5s, -t 5s.
    for (let i = 1; i < word.length; i++) {
      const letter = word[i] as string;
      const spec = SPECS.find(({ short }) => short === letter) ?? unknownOption(word.length > 2 ? word : `-${letter}`);
      if (spec.value === undefined) {
        if (word[i + 1] === '=') throw new UsageError('option', `-${letter} takes no value`);
        set(spec, true);
        continue;
      }
      const attached = i + 1 === word.length ? undefined : word.slice(i + 1).replace(/^=/, '');
      set(spec, take(`-${letter}`, attached));
      break;
    }
  }
  return { options, values, rest: [...rest, ...argv.slice(at)], afterDashes, beforeDashes: rest.length };
}

function unknownOption(written: string): never {
  const name = written.replace(/^-+/, '');
  const meant = findResembling(
    name,
    SPECS.map((spec) => spec.name),
  );
  const hint =
    meant && name.length > 1 ? `did you mean --${meant}?` : 'see remaphore --help; after -- words may begin with -';
  throw new UsageError('option', `unknown option ${written}`, hint);
}
