import type { Config } from '../config/config.ts';
import { type LoadOptions, loadConfig } from '../config/load.ts';
import type { Clock } from '../signal/clock.ts';
import type { ConnectOptions } from '../signal/node.ts';
import type { Deadline } from './deadline.ts';

/** Where a command's words go. Whatever peers send is made harmless here when it is shown on a terminal. */
export interface Output {
  /** whether everything is to be said as JSON, a line each: then `record` instead of `data` */
  readonly json: boolean;
  /** how wide the terminal is that standard output goes to; undefined when that is none */
  readonly columns: number | undefined;
  /**
   * Writes to standard output what a peer sent: unchanged into a pipe or file, with control characters escaped on a
   * terminal. What is written in one call stays together.
   *
   * @param signal gives up on a reader that does not read when aborted
   */
  data(bytes: Uint8Array, signal?: AbortSignal): Promise<void>;
  /** Writes rows to standard output: in columns as wide as a terminal, with colours if it has them, elsewhere a line each. */
  table(rows: readonly TableRow[]): Promise<void>;
  /** Writes a line of JSON to standard output, or a line each; the fields are those of docs/output.schema.json. */
  record(record: OutputRecord | readonly OutputRecord[], signal?: AbortSignal): Promise<void>;
  /**
   * A line on standard error that -q silences.
   *
   * @param facts further fields where it is said as JSON
   */
  notice(text: string, facts?: object): void;
  /** A line on standard error that is always said. */
  warning(text: string, facts?: object): void;
  /** The same for a message that was not acted on, with --explain. */
  ignored(text: string, facts?: object): void;
  /** A line on standard error for what ended the command. */
  error(text: string, hint?: string, facts?: object): void;
  /**
   * Shows one line on standard error, drawn again and again, while that is a terminal and nothing keeps it quiet.
   *
   * @param line called for the text each time; undefined: none any more
   */
  status(line: (() => string) | undefined): void;
}

/** A line of a table. */
export interface TableRow {
  mark: 'ok' | 'warning' | 'error';
  /** what it is about, a word */
  label: string;
  text: string;
}

/** What is printed as a line of JSON. */
export interface OutputRecord {
  type: string;
  [field: string]: unknown;
}

/** A person or the system ending the command. */
export interface Interrupt {
  /** aborted by the first SIGINT, SIGTERM or SIGHUP; its reason is the signal's number */
  readonly signal: AbortSignal;
  /** aborted by the second */
  readonly again: AbortSignal;
}

/** Everything outside that a command uses. */
export interface CommandContext {
  output: Output;
  clock: Clock;
  /** this process's environment */
  env: NodeJS.ProcessEnv;
  /** starts to catch signals, which otherwise end the process as usual */
  catchSignals(): Interrupt;
  /** has every signal that can be passed on handed to a function, until what it returns is called */
  passSignals(pass: (signal: NodeJS.Signals) => void): () => void;
  /** standard input to its end */
  readStdin(maxBytes: number): Promise<Uint8Array>;
  /**
   * Asks the person at the terminal something.
   *
   * @returns the line that was typed; undefined when there is no terminal, or the signal was aborted
   */
  ask(question: string, signal: AbortSignal): Promise<string | undefined>;
}

/** A command's work: resolves to its exit code. */
export type Command<Options> = (options: Options, context: CommandContext) => Promise<number>;

/** Loads the configuration and says what is odd about it. */
export async function openConfig(file: string, output: Output, options: LoadOptions = {}): Promise<Config> {
  const config = await loadConfig(file, options);
  for (const warning of config.warnings) output.warning(warning);
  return config;
}

/** How a command connects: until its deadline or the signal, telling what a person should know on the way. */
export function connectOptions(context: CommandContext, deadline: Deadline, signal: AbortSignal): ConnectOptions {
  const { output, clock } = context;
  return {
    signal,
    clock,
    withinMs: deadline.withinMs,
    // Losses are always said, the rest only without -q.
    onNotice: ({ kind, text }) => (kind === 'loss' ? output.warning(text) : output.notice(text)),
  };
}
