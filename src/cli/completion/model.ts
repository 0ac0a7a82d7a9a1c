// What the completion of every shell knows, made from the tables of options and commands. A line narrows down what it
// can be for: at its beginning every act is possible, `-o` leaves receiving alone, a command's name that command. So
// that a shell can reckon with that, each act and command has a letter, and several of them are a text of letters, with
// `+` while it is not said which act it is to be.

import type { CommandSpec } from '../commands.ts';
import type { Act, OptionSpec } from '../options.ts';

/**
 * What can stand in a place: what the configuration names, or what is in the file system; `commands`: this program's;
 * `words …`: one of these words; `nothing` that could be guessed.
 */
export type Kind = CandidateKind | 'files' | 'directories' | 'commands' | 'nothing' | `words ${string}`;

/** What the program is asked for, since only it reads configurations. */
export type CandidateKind = (typeof CANDIDATE_KINDS)[number];

export const CANDIDATE_KINDS = ['verbs', 'destinations', 'identities', 'peers'] as const;

/** One option as shells complete it. */
export interface CompletedOption {
  /** `--name` */
  long: string;
  /** `-n` */
  short: string | undefined;
  /** the letters of all that it is for; `-` for nothing */
  letters: string;
  /** what is not offered any more once it is there */
  hides: string[];
  /** its forms, which differ by what it is for; the first that is possible counts */
  forms: OptionForm[];
}

export interface OptionForm {
  letters: string;
  describe: string;
  /** of its value; undefined: it is a flag */
  kind: Kind | undefined;
}

/** One command as shells complete it. */
export interface CompletedCommand {
  name: string;
  letter: string;
  describe: string;
  /** of its words, in order */
  words: Kind[];
  /** whether the last of them may be there again */
  repeats: boolean;
}

export interface CompletionModel {
  /** the letters of what is possible when nothing has been written yet */
  letters: string;
  /** the letter of receiving, which alone has a script behind its options */
  receive: string;
  options: CompletedOption[];
  commands: CompletedCommand[];
}

const ACTS: readonly Act[] = ['send', 'request', 'receive', 'example'];
const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';
const NO_LETTER = '-';
const UNDECIDED = '+';

/** By what a value, or a command's word, is called in the tables: a name that is not here stands for anything. */
const KINDS: Record<string, Kind | 'keys'> = {
  'VERB,…': 'verbs',
  PATTERN: 'destinations',
  KEY: 'keys',
  FILE: 'files',
  DIR: 'directories',
  COMMAND: 'commands',
  PROGRAM: 'files',
};

/** What the tables say of an option that has a value, and is for something new that no configuration names yet. */
const NEW: Record<string, readonly string[]> = { destination: ['keygen'] };

/**
 * Makes the model.
 *
 * @param shells what can stand where a word is called SHELL
 */
export function buildModel(
  options: readonly OptionSpec[],
  commands: readonly Pick<CommandSpec, 'name' | 'words' | 'describe'>[],
  shells: readonly string[],
): CompletionModel {
  const names: string[] = [...ACTS, ...commands.map(({ name }) => name)];
  if (names.length > LETTERS.length) throw new Error(`more than ${LETTERS.length} acts and commands`);
  const letterOf = (name: string) => LETTERS.charAt(names.indexOf(name));
  const kindOf = (called: string, purpose: string): Kind => {
    if (called === 'SHELL') return `words ${shells.join(' ')}`;
    const kind = KINDS[called] ?? findLiterals(called);
    if (kind !== 'keys') return kind;
    return purpose === 'receive' ? 'peers' : 'identities';
  };

  return {
    letters: ACTS.map(letterOf).join('') + UNDECIDED,
    receive: letterOf('receive'),
    options: options.map((spec) => {
      const forms: OptionForm[] = [];
      const add = (letters: string, purpose: string, describe = spec.describe) => {
        const isNew = NEW[spec.name]?.includes(purpose);
        const kind = spec.value === undefined ? undefined : isNew ? 'nothing' : kindOf(spec.value, purpose);
        const same = forms.find((form) => form.describe === describe && form.kind === kind);
        if (same) same.letters += letters;
        else forms.push({ letters, describe, kind });
      };
      // Receiving comes first: it is what a line is for that does not say.
      const purposes = names
        .filter((name) => (spec.acts as readonly string[]).includes(name))
        .sort((a, b) => Number(b === 'receive') - Number(a === 'receive'));
      const [first = '', second = ''] = purposes;
      if (isAct(first) && isAct(second)) add(UNDECIDED, first);
      for (const purpose of purposes) {
        add(letterOf(purpose), purpose, (spec.describeFor as Record<string, string> | undefined)?.[purpose]);
      }
      if (forms.length === 0) {
        forms.push({
          letters: NO_LETTER,
          describe: spec.describe,
          kind: spec.value === undefined ? undefined : 'nothing',
        });
      }
      return {
        long: `--${spec.name}`,
        short: spec.short && `-${spec.short}`,
        letters: forms.map(({ letters }) => letters).join(''),
        hides: [...(spec.repeats ? [] : [spec.name]), ...(spec.excludes ?? [])].map((name) => `--${name}`),
        forms,
      };
    }),
    commands: commands.map(({ name, words, describe }) => {
      const written = words.split(' ').filter((word) => word !== '');
      return {
        name,
        letter: letterOf(name),
        describe,
        words: written.map((word) => kindOf(word.replaceAll(/[[\]\u2026]/g, ''), name)),
        repeats: /\u2026\]?$/.test(written.at(-1) ?? ''),
      };
    }),
  };
}

function isAct(name: string): boolean {
  return (ACTS as readonly string[]).includes(name);
}

/** Words that the name of a value says as they are to be written, `all` of `all|N|N%`. */
function findLiterals(called: string): Kind {
  const literals = called.split('|').filter((part) => /^[a-z][a-z-]*$/.test(part));
  return literals.length > 0 ? `words ${literals.join(' ')}` : 'nothing';
}
