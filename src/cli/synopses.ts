// The forms of a command line and the rules they share, once: the help, the manual and the reference say them.

import type { Act } from './options.ts';

/** One form of a command line. */
export interface Synopsis {
  /** undefined: it is a command's */
  act: Act | undefined;
  /** what follows the program's name, in parts that stay on one line */
  words: readonly string[];
  /** a clause */
  describe: string;
}

export const SYNOPSES: readonly Synopsis[] = [
  {
    act: 'send',
    words: ['-s', '[-D pattern]', '[-p key]', '[-u uuid]', '[-v verb]', '[message…]'],
    describe: 'send and forget',
  },
  {
    act: 'request',
    words: [
      ...['-r', '[-D pattern]', '[-p key]', '[-u uuid]', '[-v verb]', '[-t duration]'],
      ...['[--require all|N|N%]', '[message…]'],
    ],
    describe: 'ask, collect replies',
  },
  {
    act: 'receive',
    words: [
      ...['[-D destination | -d]', '[-o]', '[-p key]', '[-t duration]', '[-u uuid]'],
      ...['[-v verb,…]', '[-j N]', '[script [args…]]'],
    ],
    describe: 'receive',
  },
  { act: 'example', words: ['-C', '[--yaml]'], describe: 'print an example configuration' },
  { act: undefined, words: ['COMMAND', '…'], describe: 'what COMMAND does' },
];

export const INTRODUCTION = 'remaphore waits for signed messages from other hosts, and sends them.';

/** How words are told from options and commands: sentences. */
export const RULES =
  'Options end at the first word that is not one. A message of - is read from standard input. A first word that is a ' +
  'command’s name is that command; a script of that name is run as -- NAME or ./NAME.';

/** How a script is run: a clause. */
export const SCRIPT_CALL = 'A script is run as: script args… verb payload, without a shell';
