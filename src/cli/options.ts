// Every option, once: the parser, its errors and the help all come from this table.

/** What the program does when its first word is no command's name: an option says which. */
export type Act = 'send' | 'request' | 'receive' | 'example';

/** The first word that makes the program do something else. */
export type CommandName =
  | 'init'
  | 'dev'
  | 'keygen'
  | 'check'
  | 'ping'
  | 'history'
  | 'lock'
  | 'barrier'
  | 'completion'
  | 'help';

/** One option of the command line. */
export interface OptionSpec {
  name: string;
  short?: string;
  /** what its value is called; none: it is a flag */
  value?: string;
  /** given again it adds to its value, which is a list with commas; otherwise the last one counts */
  repeats?: boolean;
  describe: string;
  /** where one of them has a meaning of its own: what its own help says instead */
  describeFor?: Partial<Record<Act | CommandName, string>>;
  group: 'What to do' | 'Messages' | 'Receiving' | 'Asking' | 'History' | 'Locks and barriers' | 'Commands' | 'General';
  /** the acts and commands that it has a meaning for */
  acts: readonly (Act | CommandName)[];
  /** the other options it cannot be with */
  excludes?: readonly string[];
}

const EVERY: OptionSpec['acts'] = [
  ...(['send', 'request', 'receive', 'example'] as const),
  ...(['init', 'dev', 'keygen', 'check', 'ping', 'history', 'lock', 'barrier', 'completion', 'help'] as const),
];
const MESSAGES: OptionSpec['acts'] = ['send', 'request', 'receive'];
const RECEIVE: OptionSpec['acts'] = ['receive'];

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
      'message whose pattern is exactly this text; keygen: this host’s name',
    describeFor: {
      send: 'the pattern to reach (default **)',
      request: 'the pattern to reach (default **)',
      receive:
        'match as if this were the node’s destination, or a message whose pattern is exactly this text (default: the ' +
        'configuration’s)',
      ping: 'the pattern to reach (default **)',
      keygen: 'this host’s name, most general part first',
      history: 'only what is for this destination, or was sent to exactly this pattern',
    },
    group: 'Messages',
    acts: [...MESSAGES, 'ping', 'keygen', 'history'],
    excludes: ['any-destination'],
  },
  {
    name: 'public-key',
    short: 'p',
    value: 'KEY',
    describe: 'sending: the identity to use; receiving: only messages signed by this key',
    describeFor: {
      send: 'the identity to use',
      request: 'the identity to use',
      receive: 'only messages signed by this key',
      ping: 'the identity to use',
      lock: 'the identity to use',
      barrier: 'the identity to use',
      history: 'only what names this key, known or not',
    },
    group: 'Messages',
    acts: [...MESSAGES, 'ping', 'history', 'lock', 'barrier'],
  },
  {
    name: 'uuid',
    short: 'u',
    value: 'TEXT',
    describe: 'the value to send, or to wait for (which implies --once unless there is --count)',
    describeFor: {
      send: 'the value to send',
      request: 'the value to send',
      receive: 'the value to wait for (which implies --once unless there is --count)',
      history: 'only what was sent with this value',
    },
    group: 'Messages',
    acts: [...MESSAGES, 'history'],
  },
  {
    name: 'verb',
    short: 'v',
    value: 'VERB,…',
    describe: 'sending: the verb (default ping; of several the first); receiving: the verbs to accept (default any)',
    describeFor: {
      lock: 'the verb that whoever takes part must be allowed (default lock)',
      barrier: 'the verb that whoever takes part must be allowed (default barrier)',
      send: 'the verb (default ping; of several the first)',
      request: 'the verb (default ping; of several the first)',
      receive: 'the verbs to accept (default any)',
      history: 'only these verbs',
    },
    group: 'Messages',
    acts: [...MESSAGES, 'history', 'lock', 'barrier'],
  },
  {
    name: 'timeout',
    short: 't',
    value: 'DURATION',
    describe:
      'give up after this long, like 1h2m3s4ms; 0: never (default: --send 5s, ping 2s, check 5s for each server, ' +
      'history 5s until it is being read, else never)',
    describeFor: {
      send: 'give up after this long, like 1h2m3s4ms; 0: never (default 5s)',
      request: 'give up after this long, like 1h2m3s4ms (default never)',
      receive: 'give up after this long, like 1h2m3s4ms (default never)',
      history: 'give up after this long, like 1h2m3s4ms; 0: never (default 5s until it is being read, then never)',
      ping: 'how long to wait for answers, like 1h2m3s4ms; 0: for ever (default 2s)',
      check: 'how long each server may take, like 1h2m3s4ms; 0: for ever (default 5s)',
      lock: 'how long to wait for the lock, like 1h2m3s4ms; 0: for ever (the default)',
      barrier: 'how long to wait for the others, like 1h2m3s4ms; 0: for ever (the default)',
    },
    group: 'Messages',
    acts: [...MESSAGES, 'ping', 'check', 'history', 'lock', 'barrier'],
    excludes: ['try'],
  },
  {
    name: 'subject',
    short: 'S',
    value: 'CHANNEL',
    describe:
      'another channel below the configured subject (default all); init: the subject itself (default remaphore)',
    describeFor: {
      send: 'another channel below the configured subject (default all)',
      request: 'another channel below the configured subject (default all)',
      receive: 'another channel below the configured subject (default all)',
      ping: 'another channel below the configured subject (default all)',
      check: 'another channel below the configured subject (default all)',
      init: 'the subject that everything travels below (default remaphore)',
      history: 'create: keep this channel too; else: only this channel; again for each further one',
    },
    group: 'Messages',
    acts: [...MESSAGES, 'example', 'ping', 'check', 'init', 'history'],
    excludes: ['add'],
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
    excludes: ['count'],
  },
  {
    name: 'count',
    short: 'n',
    value: 'N',
    describe: 'exit 0 after N matching messages (and their scripts); exit 1 if -t is over before',
    group: 'Receiving',
    acts: RECEIVE,
    excludes: ['once'],
  },
  {
    name: 'distinct',
    describe: 'with --count: from N different hosts; further messages of the same one are not acted on',
    group: 'Receiving',
    acts: RECEIVE,
    excludes: ['durable'],
  },
  {
    name: 'since',
    value: 'DURATION',
    describe: 'also what was sent within this time and kept (see history), like 1h; first that, then what comes',
    describeFor: { history: 'only what was stored within this time, like 1h (default: everything that is kept)' },
    group: 'Receiving',
    acts: ['receive', 'history'],
  },
  {
    name: 'durable',
    value: 'NAME',
    describe:
      'lose nothing across restarts: deal with each message that is kept (see history) at least once; all who give the ' +
      'same NAME, channel, destination and filters share them',
    group: 'Receiving',
    acts: RECEIVE,
    excludes: ['distinct'],
  },
  {
    name: 'retries',
    value: 'N',
    describe:
      'with --durable: how often to try a message again whose script did not end with 0, after 1s, 5s, 30s and then each ' +
      'minute, before it is set aside (default 5)',
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
    name: 'explain',
    describe: 'say on standard error of each message that is not acted on which check refused it',
    group: 'Receiving',
    acts: RECEIVE,
  },
  {
    name: 'dry-run',
    describe: 'with --send or --request: print what would be sent, and whom it would reach; send nothing',
    describeFor: {
      send: 'print what would be sent, and whom it would reach; send nothing',
      request: 'print what would be sent, and whom it would reach; send nothing',
    },
    group: 'Messages',
    acts: ['send', 'request'],
  },
  {
    name: 'keep',
    describe: 'exit 0 only once the message is kept for certain, on as many servers as the history has replicas',
    group: 'Messages',
    acts: ['send'],
  },
  {
    name: 'require',
    value: 'all|N|N%',
    describe: 'exit 4 unless all, N or N% of the known responders have answered by the end',
    group: 'Asking',
    acts: ['request'],
  },
  {
    name: 'failed',
    describe: 'what was tried by listeners with --durable, did not end well, and was set aside',
    group: 'History',
    acts: ['history'],
  },
  {
    name: 'follow',
    describe: 'go on with what comes',
    group: 'History',
    acts: ['history'],
  },
  {
    name: 'max-age',
    value: 'DURATION',
    describe: 'create: keep each message so long, like 12h or 7d; 0: for ever (default 7d)',
    group: 'History',
    acts: ['history'],
  },
  {
    name: 'max-bytes',
    value: 'SIZE',
    describe: 'create: keep so much, like 500MB or 1GiB, and give up the oldest for more; 0: no limit (default 1GiB)',
    group: 'History',
    acts: ['history'],
  },
  {
    name: 'replicas',
    value: 'N',
    describe: 'create: on how many servers of a cluster, 1 or 3 (default 1)',
    group: 'History',
    acts: ['history'],
  },
  {
    name: 'yes',
    describe: 'delete: without asking',
    group: 'History',
    acts: ['history'],
  },
  {
    name: 'slots',
    value: 'N',
    describe: 'how many may hold the lock at once (default 1)',
    group: 'Locks and barriers',
    acts: ['lock'],
    excludes: ['list'],
  },
  {
    name: 'try',
    describe: 'do not wait when others hold the lock',
    group: 'Locks and barriers',
    acts: ['lock'],
    excludes: ['timeout', 'list'],
  },
  {
    name: 'ttl',
    value: 'DURATION',
    describe: 'when a holder is not heard of for so long the lock goes to the next, 1s to 1h (default 30s)',
    group: 'Locks and barriers',
    acts: ['lock'],
    excludes: ['list'],
  },
  {
    name: 'conflict-exit-code',
    short: 'E',
    value: 'CODE',
    describe: 'what to exit with when the lock was not obtained in time (default 1)',
    group: 'Locks and barriers',
    acts: ['lock'],
    excludes: ['list'],
  },
  {
    name: 'foreground',
    describe: 'leave the command in the terminal’s process group, for editors, prompts and Ctrl-Z',
    group: 'Locks and barriers',
    acts: ['lock'],
    excludes: ['list'],
  },
  {
    name: 'list',
    describe: 'show the locks, who holds them and who waits',
    group: 'Locks and barriers',
    acts: ['lock'],
    excludes: ['slots', 'try', 'ttl', 'conflict-exit-code', 'foreground'],
  },
  {
    name: 'parties',
    value: 'N',
    describe: 'how many different hosts must arrive, this one included',
    group: 'Locks and barriers',
    acts: ['barrier'],
  },
  {
    name: 'nodes',
    value: 'NAME,…',
    repeats: true,
    describe: 'the hosts’ names, most general part first (dev: default com.example.left,com.example.right)',
    describeFor: {
      init: 'the hosts’ names, most general part first',
      dev: 'the hosts’ names, most general part first (default com.example.left,com.example.right)',
    },
    group: 'Commands',
    acts: ['init', 'dev'],
    excludes: ['add'],
  },
  {
    name: 'server',
    value: 'URL',
    repeats: true,
    describe: 'where the hosts find the server; again for each further one (default nats://127.0.0.1:4222)',
    group: 'Commands',
    acts: ['init'],
    excludes: ['add'],
  },
  {
    name: 'verbs',
    value: 'VERB,…',
    repeats: true,
    describe: 'the verbs that the hosts may use (default ping; dev: any)',
    describeFor: {
      init: 'the verbs that the hosts may use (default ping)',
      dev: 'the verbs that the hosts may use (default any)',
      keygen: 'the verbs that this host may use (default ping)',
    },
    group: 'Commands',
    acts: ['init', 'dev', 'keygen'],
  },
  {
    name: 'add',
    value: 'NODE',
    describe: 'add this host to the network that DIR holds',
    group: 'Commands',
    acts: ['init'],
    excludes: ['nodes', 'server', 'subject'],
  },
  {
    name: 'port',
    value: 'N',
    describe: 'the server’s port on 127.0.0.1 (default one that is free)',
    group: 'Commands',
    acts: ['dev'],
  },
  {
    name: 'offline',
    describe: 'look at the files only, not at the servers',
    group: 'Commands',
    acts: ['check'],
  },
  {
    name: 'config',
    short: 'c',
    value: 'FILE',
    describe: 'the configuration (default: $REMAPHORE_CONFIG, else /etc/remaphore/remaphore.conf)',
    group: 'General',
    acts: [...MESSAGES, 'example', 'check', 'ping', 'history', 'lock', 'barrier', 'completion'],
  },
  {
    name: 'quiet',
    short: 'q',
    describe: 'do not say when ready, disconnected or reconnected; losses are always said',
    group: 'General',
    acts: EVERY,
  },
  {
    name: 'json',
    describe: 'print a line of JSON for each thing printed, and for each thing said on standard error',
    group: 'General',
    acts: [...MESSAGES, 'init', 'dev', 'keygen', 'check', 'ping', 'history', 'lock', 'barrier'],
  },
  {
    name: 'yaml',
    describe: 'with --example: in the form for files named .yaml or .yml',
    describeFor: { example: 'in the form for files named .yaml or .yml' },
    group: 'General',
    acts: ['example'],
  },
  { name: 'help', short: 'h', describe: 'show this help', group: 'General', acts: EVERY },
  { name: 'version', describe: 'show the version', group: 'General', acts: EVERY },
] as const satisfies readonly OptionSpec[];

/** The name of an option. */
export type OptionName = (typeof OPTIONS)[number]['name'];
