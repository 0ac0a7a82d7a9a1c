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
  /** how it is called, where its options do not come last; default `NAME words [options]` */
  usage?: string;
  /** how many words options may stand behind, what follows that many being another command's; undefined: any number */
  optionsAfter?: number;
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
      'the PATH, else one that is fetched), and prints for each host a line to paste into a terminal. Once it is ' +
      'ready, Ctrl-C, SIGTERM or SIGHUP end it with exit code 0; everything is removed. Exit 3: the server could not start, or ended.',
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
    name: 'check',
    words: '[FILE]',
    describe: 'examine a configuration and its servers',
    details:
      'A row for each thing that was looked at: ok, warning or error, and what to do. Every mistake in the file is ' +
      'named, and what can hardly be meant; then each server is tried with this host’s own credentials, without anything ' +
      'that another host would act on. FILE counts more than --config. Exit 0: no errors; 2: in the configuration; 3: ' +
      'with a server.',
    read: ({ readCheck }) => readCheck,
    load: async () => (await import('../commands/check.ts')).runCheck,
  }),
  define({
    name: 'keygen',
    words: '',
    describe: 'make a key pair for this host',
    details:
      'Prints the line for [ Identities ] in this host’s configuration, which is secret, and the line for [ Peers ] in ' +
      'the others’.',
    read: ({ readKeygen }) => readKeygen,
    load: async () => (await import('../commands/keygen.ts')).runKeygen,
  }),
  define({
    name: 'lock',
    words: 'NAME PROGRAM',
    optionsAfter: 1,
    usage: 'lock NAME [options] [--] PROGRAM [args…]',
    describe: 'run a command while holding a lock that all hosts share',
    details:
      'Waits for its turn, in the order in which the hosts came, runs the command without a shell, gives the slot back and ' +
      'exits with the command’s own status. The command’s environment has REMAPHORE_FENCE, a number that only grows from ' +
      'holder to holder; signals are passed on, and what it has started ends with it. The broker must keep streams ' +
      '(JetStream). Exit 1 (or -E): not obtained in time; 3: the broker, or the lock was lost and the command ended; ' +
      '126, 127: the command could not be run. Our options come before the command. With --list it shows who holds and ' +
      'who waits.',
    read: ({ readLock }) => readLock,
    load: async () => (await import('../commands/lock.ts')).runLock,
  }),
  define({
    name: 'barrier',
    words: 'NAME',
    describe: 'wait until as many hosts have arrived',
    details:
      'Each host runs the same line; all go on once --parties different hosts have arrived, whatever the order. It can be ' +
      'used again and again. One that crashed goes on when it is started again, if its round is complete. The broker must ' +
      'keep streams (JetStream). Exit 1: not complete in time, and standard error says who has not arrived; 3: the broker.',
    read: ({ readBarrier }) => readBarrier,
    load: async () => (await import('../commands/barrier.ts')).runBarrier,
  }),
  define({
    name: 'completion',
    words: 'SHELL',
    describe: 'print the script that completes command lines in bash, zsh or fish',
    details:
      'For bash, add eval "$(remaphore completion bash)" to ~/.bashrc; for zsh, add eval "$(remaphore completion zsh)" ' +
      'to ~/.zshrc, after compinit; for fish, write the script to ~/.config/fish/completions/remaphore.fish. It ' +
      'completes verbs, destinations and public keys from the configuration that is named on the line, else the usual ' +
      'one: in place of a shell, the word verbs, destinations, identities or peers prints those, a line each, and ' +
      'nothing when the configuration cannot be read.',
    read: ({ readCompletion }) => readCompletion,
    load: async () => (await import('./completion/run.ts')).runCompletion,
  }),
  define({
    name: 'history',
    words: '[create|info|delete|retry] [ID]',
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

/** How a command is called, without the program's name. */
export function formatUsage({ name, words, usage }: Pick<CommandSpec, 'name' | 'words' | 'usage'>): string {
  return usage ?? `${`${name} ${words}`.trim()} [options]`;
}

/** The words that are a command when they come first. */
export const COMMAND_NAMES: readonly string[] = COMMANDS.map(({ name }) => name);

/** The command that a command line begins with, if any. */
export function findCommand(word: string | undefined): CommandSpec | undefined {
  return COMMANDS.find(({ name }) => name === word);
}
