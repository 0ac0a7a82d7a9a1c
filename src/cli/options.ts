// Every option, once: the parser, its errors and the help all come from this table.

/** What the program does when called without a subcommand. */
export type Act = 'send' | 'request' | 'receive' | 'example';

/** One option of the command line. */
export interface OptionSpec {
  name: string;
  short?: string;
  /** what its value is called; none: it is a flag */
  value?: string;
  describe: string;
  group: 'What to do' | 'Messages' | 'Receiving' | 'Asking' | 'General';
  /** the acts that it has a meaning for */
  acts: readonly Act[];
  /** the other options it cannot be with */
  excludes?: readonly string[];
}

const EVERY_ACT: readonly Act[] = ['send', 'request', 'receive', 'example'];
const NETWORK: readonly Act[] = ['send', 'request', 'receive'];
const RECEIVE: readonly Act[] = ['receive'];

export const OPTIONS = [
  {
    name: 'send',
    short: 's',
    describe: 'publish one message and exit once the server has it',
    group: 'What to do',
    acts: ['send'],
    excludes: ['request', 'example'],
  },
  {
    name: 'request',
    short: 'r',
    describe: 'publish one message and collect the replies',
    group: 'What to do',
    acts: ['request'],
    excludes: ['send', 'example'],
  },
  {
    name: 'example',
    short: 'C',
    describe: 'print an example configuration that works, with a fresh key pair',
    group: 'What to do',
    acts: ['example'],
    excludes: ['send', 'request'],
  },
  {
    name: 'destination',
    short: 'D',
    value: 'PATTERN',
    describe:
      'sending: the pattern to reach (default **); receiving: match as if this were the node’s destination, or a ' +
      'message whose pattern is exactly this text',
    group: 'Messages',
    acts: NETWORK,
    excludes: ['any-destination'],
  },
  {
    name: 'public-key',
    short: 'p',
    value: 'KEY',
    describe: 'sending: the identity to use; receiving: only messages signed by this key',
    group: 'Messages',
    acts: NETWORK,
  },
  {
    name: 'uuid',
    short: 'u',
    value: 'TEXT',
    describe: 'the value to send, or to wait for (which implies --once)',
    group: 'Messages',
    acts: NETWORK,
  },
  {
    name: 'verb',
    short: 'v',
    value: 'VERB,…',
    describe: 'sending: the verb (default ping; of several the first); receiving: the verbs to accept (default any)',
    group: 'Messages',
    acts: NETWORK,
  },
  {
    name: 'timeout',
    short: 't',
    value: 'DURATION',
    describe: 'give up after this long, like 1h2m3s4ms; 0: never (default: --send 5s, else never)',
    group: 'Messages',
    acts: NETWORK,
  },
  {
    name: 'subject',
    short: 'S',
    value: 'CHANNEL',
    describe: 'another channel below the configured subject (default all)',
    group: 'Messages',
    acts: EVERY_ACT,
  },
  {
    name: 'any-destination',
    short: 'd',
    describe: 'do not match the destination',
    group: 'Receiving',
    acts: RECEIVE,
    excludes: ['destination'],
  },
  {
    name: 'once',
    short: 'o',
    describe: 'exit 0 after the first matching message (and its script)',
    group: 'Receiving',
    acts: RECEIVE,
  },
  {
    name: 'jobs',
    short: 'j',
    value: 'N',
    describe: 'scripts that may run at once (default 1, in order of arrival)',
    group: 'Receiving',
    acts: RECEIVE,
  },
  {
    name: 'stdin',
    describe: 'give the payload to the script on standard input, not as argument and REMAPHORE_MSG',
    group: 'Receiving',
    acts: RECEIVE,
  },
  {
    name: 'exit-status',
    short: 'e',
    describe: 'with --once and a script: exit with the script’s own status',
    group: 'Receiving',
    acts: RECEIVE,
  },
  {
    name: 'require',
    value: 'all|N|N%',
    describe: 'exit 4 unless all, N or N% of the known responders have answered by the end',
    group: 'Asking',
    acts: ['request'],
  },
  {
    name: 'config',
    short: 'c',
    value: 'FILE',
    describe: 'the configuration (default: $REMAPHORE_CONFIG, else /etc/remaphore/remaphore.conf)',
    group: 'General',
    acts: EVERY_ACT,
  },
  {
    name: 'quiet',
    short: 'q',
    describe: 'do not say when ready, disconnected or reconnected; losses are always said',
    group: 'General',
    acts: EVERY_ACT,
  },
  {
    name: 'yaml',
    describe: 'with --example: in the form for files named .yaml or .yml',
    group: 'General',
    acts: ['example'],
  },
  { name: 'help', short: 'h', describe: 'show this help', group: 'General', acts: EVERY_ACT },
  { name: 'version', describe: 'show the version', group: 'General', acts: EVERY_ACT },
] as const satisfies readonly OptionSpec[];

/** The name of an option. */
export type OptionName = (typeof OPTIONS)[number]['name'];
