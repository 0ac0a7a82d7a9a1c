// What the command line asks for, once it has been read: one type for each act.

/** With every act that uses a configuration. */
export interface CommonOptions {
  /** path of the configuration */
  config: string;
  /** another channel below the configured subject */
  channel: string | undefined;
}

/** -s */
export interface SendCommandOptions extends CommonOptions {
  act: 'send';
  destination: string | undefined;
  publicKey: string | undefined;
  uuid: string | undefined;
  verb: string | undefined;
  /** undefined: the default; 0: no limit */
  timeoutMs: number | undefined;
  /** undefined: standard input */
  payload: string | undefined;
  /** say what would be sent, and send nothing */
  dryRun: boolean;
  /** end only once it is kept for certain */
  keep: boolean;
}

/** How many of the known responders must answer. */
export type Requirement = 'all' | { count: number } | { percent: number };

/** -r */
export interface RequestCommandOptions extends Omit<SendCommandOptions, 'act' | 'keep'> {
  act: 'request';
  require: Requirement | undefined;
}

/** neither -s nor -r */
export interface ReceiveCommandOptions extends CommonOptions {
  act: 'receive';
  destination: string | undefined;
  anyDestination: boolean;
  /** how many messages to wait for; undefined: for ever more */
  count: number | undefined;
  /** each from another host */
  distinct: boolean;
  /** how far to look back first, in milliseconds; undefined: not at all */
  sinceMs: number | undefined;
  /** under which name to deal with each message at least once; undefined: not so */
  durable: string | undefined;
  /** how often to try again; undefined: the default */
  retries: number | undefined;
  publicKey: string | undefined;
  timeoutMs: number | undefined;
  uuid: string | undefined;
  verbs: readonly string[] | undefined;
  jobs: number;
  stdin: boolean;
  exitStatus: boolean;
  /** say of each message that is not acted on why */
  explain: boolean;
  /** the script and its arguments; empty: print payloads */
  script: readonly string[];
}

/** -C */
export interface ExampleCommandOptions {
  act: 'example';
  form: 'lines' | 'yaml';
}

/** ping */
export interface PingCommandOptions extends CommonOptions {
  destination: string | undefined;
  publicKey: string | undefined;
  timeoutMs: number;
}

/** check */
export interface CheckCommandOptions extends CommonOptions {
  /** look at the files only */
  offline: boolean;
  /** how long each server may take; 0: no limit */
  timeoutMs: number;
}

/** keygen */
export interface KeygenCommandOptions {
  /** this host's name; undefined: to be filled in */
  destination: string | undefined;
  /** undefined: the default verb */
  verbs: readonly string[] | undefined;
}

/** completion */
export interface CompletionCommandOptions {
  /** a shell, or what to print of the configuration */
  topic: string | undefined;
  /** path of the configuration */
  config: string;
}

/** What `history` does, by the word behind it; without one it shows the log. */
export type HistoryCommandOptions =
  | HistoryLogOptions
  | HistoryCreateOptions
  | (HistoryOptions & { act: 'info' })
  | (HistoryOptions & { act: 'delete'; yes: boolean })
  | HistoryFailedOptions
  | HistoryRetryOptions;

/** with each of them */
export interface HistoryOptions {
  config: string;
  /** undefined: the default; 0: no limit */
  timeoutMs: number | undefined;
}

/** history */
export interface HistoryLogOptions extends HistoryOptions {
  act: 'log';
  sinceMs: number | undefined;
  destination: string | undefined;
  publicKey: string | undefined;
  uuid: string | undefined;
  verbs: readonly string[] | undefined;
  /** undefined: all that are kept */
  channels: readonly string[] | undefined;
  follow: boolean;
}

/** history create; of what is undefined the default counts, or what a stream that there is has */
export interface HistoryFailedOptions extends HistoryOptions {
  act: 'failed';
}

/** history retry */
export interface HistoryRetryOptions extends HistoryOptions {
  act: 'retry';
  /** as history --failed shows it */
  id: string;
  publicKey: string | undefined;
}

/** history create */
export interface HistoryCreateOptions extends HistoryOptions {
  act: 'create';
  channels: readonly string[];
  /** 0: for ever */
  maxAgeMs: number | undefined;
  /** 0: no limit */
  maxBytes: number | undefined;
  replicas: number | undefined;
}

/** help */
export interface HelpCommandOptions {
  /** a command's name; undefined: everything */
  topic: string | undefined;
}

/** init */
export interface InitCommandOptions {
  /** the network's directory: a new one, or with `add` one that there is */
  directory: string;
  /** destinations; empty with `add` */
  nodes: readonly string[];
  /** addresses; empty: the default */
  servers: readonly string[];
  /** undefined: the default, or with `add` what the others have */
  verbs: readonly string[] | undefined;
  subject: string | undefined;
  /** the node to add; undefined: a new network */
  add: string | undefined;
}

/** dev */
export interface DevCommandOptions {
  /** destinations; undefined: the default */
  nodes: readonly string[] | undefined;
  /** of the server; undefined: a free one */
  port: number | undefined;
  verbs: readonly string[] | undefined;
}

/** lock and barrier */
export interface PartyOptions {
  /** path of the configuration */
  config: string;
  /** undefined: the command's own */
  verb: string | undefined;
  publicKey: string | undefined;
  /** undefined or 0: no limit */
  timeoutMs: number | undefined;
}

/** lock */
export type LockCommandOptions = LockRunOptions | LockListOptions;

/** lock NAME */
export interface LockRunOptions extends PartyOptions {
  act: 'run';
  name: string;
  slots: number;
  /** do not wait */
  isTry: boolean;
  ttlMs: number;
  /** what to exit with when it was not obtained in time */
  conflictExitCode: number;
  /** leave the command in this process's group */
  foreground: boolean;
  /** the command and its arguments, at least one */
  command: readonly string[];
}

/** lock --list */
export interface LockListOptions extends PartyOptions {
  act: 'list';
}

/** barrier */
export interface BarrierCommandOptions extends PartyOptions {
  name: string;
  parties: number;
}
