// Every command, once: choosing one, the help, the completions and the reference all come from this table. Each is
// loaded when it is used.

import type { Command, CommandContext } from '../commands/context.ts';
import type { CommandName } from './options.ts';
import type { Words } from './words.ts';

/** One command of the program. */
export interface CommandSpec {
  name: CommandName;
  /** what follows its name besides options */
  words: string;
  /** a clause */
  describe: string;
  /** what else its help says: sentences */
  details: string;
  /**
   * Reads the rest of the command line and does the work.
   *
   * @throws UsageError 'option' saying what was expected
   */
  run(words: Words, context: CommandContext): Promise<number>;
}

type Readers = typeof import('./read-command.ts');

function define<Options>(
  spec: Omit<CommandSpec, 'run'> & {
    read: (readers: Readers) => (words: Words, env: NodeJS.ProcessEnv) => Options;
    load: () => Promise<Command<Options>>;
  },
): CommandSpec {
  const { read, load, ...facts } = spec;
  return {
    ...facts,
    async run(words, context) {
      const options = read(await import('./read-command.ts'))(words, context.env);
      return (await load())(options, context);
    },
  };
}

export const COMMANDS: readonly CommandSpec[] = [
  define({
    name: 'init',
    words: 'DIR',
    describe: 'make everything that hosts need to signal each other, or add a host',
    details:
      'Makes DIR with the server’s configuration, and for each host its credentials and a configuration that trusts the ' +
      'others; it says what to copy where. DIR may not exist yet. With --add it adds one host to such a DIR, and says ' +
      'which hosts’ files changed. With several --server the servers are one cluster. DIR/keys goes to no host.',
    read: ({ readInit }) => readInit,
    load: async () => (await import('../commands/init.ts')).runInit,
  }),
  define({
    name: 'dev',
    words: '',
    describe: 'run a network for trying things out, until Ctrl-C',
    details:
      'Makes a network as init does in a temporary directory, starts a nats-server for it ($NATS_SERVER, else the one on ' +
      'the PATH, else one that is fetched), and prints for each host a line to paste into a terminal. Ctrl-C, SIGTERM ' +
      'or SIGHUP end it with exit code 0, and remove everything. Exit 3: the server could not start, or ended.',
    read: ({ readDev }) => readDev,
    load: async () => (await import('../commands/dev.ts')).runDev,
  }),
  define({
    name: 'ping',
    words: '',
    describe: 'show which of the known hosts answer',
    details:
      'A row for each peer that the pattern matches: how long its answer took and what its script ended with; the ' +
      'silent ones come last. It is a request with the verb ping, so a host answers if it listens and grants this one ' +
      'that verb. Exit 0: all answered; 4: some; 1: none.',
    read: ({ readPing }) => readPing,
    load: async () => (await import('../commands/ping.ts')).runPing,
  }),
  define({
    name: 'history',
    words: '[create|info|delete|retry ID]',
    describe: 'show what was sent, and by whom; or have it kept',
    details:
      'Shows what is kept, a line each: when it was stored, sender, verb, destination, uuid, what is to be thought of it, ' +
      'payload. valid: signed by a peer that may use the verb; not permitted: by one that may not; unknown key: signed, ' +
      'by nobody this host knows; forged: not signed by the key that it names; malformed: no message. A copy is a ' +
      'replay of an earlier one. history create has the server keep what is sent from then on (JetStream), or changes ' +
      'what is kept; history info shows how much is; history delete ends it, and deletes everything that is kept. ' +
      'history --failed shows what listeners with --durable have set aside: id, when it was sent, sender, verb, uuid, ' +
      'listener, how the last try ended, payload; history retry ID has one of them run again by its listeners. ' +
      'Exit 3: nothing is kept, or not this channel.',
    read: ({ readHistory }) => readHistory,
    load: async () => (await import('../commands/history.ts')).runHistory,
  }),
  define({
    name: 'help',
    words: '[COMMAND]',
    describe: 'show this help, or a command’s',
    details: 'remaphore COMMAND --help says the same.',
    read: ({ readHelp }) => readHelp,
    load: async () => (await import('./help.ts')).runHelp,
  }),
];

/** The words that are a command when they come first. */
export const COMMAND_NAMES: readonly string[] = COMMANDS.map(({ name }) => name);

/** The command that a command line begins with, if any. */
export function findCommand(word: string | undefined): CommandSpec | undefined {
  return COMMANDS.find(({ name }) => name === word);
}
