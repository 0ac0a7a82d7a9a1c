// The real program, started as a shell would start it.

import { once } from 'node:events';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { assertNoSecret } from './secrets.ts';

/** The executable under test: the build's, or another one that takes the same command line. */
export const PROGRAM =
  process.env['REMAPHORE_BIN'] ?? fileURLToPath(new URL('../../bin/remaphore.js', import.meta.url));

/** A program that does not end by itself is killed after this long, and its test fails. */
const LIMIT_MS = 50_000;

/** How a program ended. */
export interface Ended {
  /** 128+n when signal n ended it, as a shell reports it */
  exitCode: number;
  stdout: string;
  stderr: string;
}

/** What the program is given besides its arguments. */
export interface StartOptions {
  env?: Record<string, string>;
  /** standard input; default: empty */
  input?: string | Uint8Array;
  cwd?: string;
  /** what to start instead of the program; default: the program */
  file?: string;
  /** whether it is meant to print a private key, as `keygen` is; everything else fails its test when it does */
  printsKeys?: boolean;
  /** after which it is killed; default 50 s */
  limitMs?: number;
}

/** A program that has been started. */
export class Program {
  readonly finished: Promise<Ended>;
  readonly pid: number;
  readonly #text = { stdout: '', stderr: '' };
  readonly #process;

  constructor(
    config: string,
    args: readonly string[],
    { input, file = PROGRAM, printsKeys = false, limitMs = LIMIT_MS, ...options }: StartOptions,
  ) {
    // A certificate store of the machine's slows each start down.
    const { NODE_EXTRA_CA_CERTS: _, ...inherited } = process.env;
    this.#process = execa(file, args, {
      ...options,
      ...(input === undefined ? { stdin: 'ignore' } : { input }),
      extendEnv: false,
      env: { ...inherited, REMAPHORE_CONFIG: config, ...options.env } as Record<string, string>,
      reject: false,
      stripFinalNewline: false,
      timeout: limitMs,
      killSignal: 'SIGKILL',
    });
    this.pid = this.#process.pid as number;
    for (const name of ['stdout', 'stderr'] as const) {
      this.#process[name]?.on('data', (chunk: Buffer) => {
        this.#text[name] += chunk.toString('utf8');
      });
    }
    this.finished = this.#process.then(({ exitCode, signal, ...output }) => {
      const { stdout, stderr } = output as unknown as Pick<Ended, 'stdout' | 'stderr'>;
      if (!printsKeys) {
        assertNoSecret(stdout, `standard output of ${args.join(' ')}`);
        assertNoSecret(stderr, `standard error of ${args.join(' ')}`);
      }
      return { exitCode: exitCode ?? 128 + (signal ? constants.signals[signal] : 0), stdout, stderr };
    });
  }

  /** Waits until standard error holds a text. */
  async said(text: string): Promise<void> {
    await this.#until('stderr', text);
  }

  /** Waits until standard output holds a text. */
  async printed(text: string): Promise<void> {
    await this.#until('stdout', text);
  }

  /** What it has written to standard output so far. */
  get stdout(): string {
    return this.#text.stdout;
  }

  /** What it has written to standard error so far. */
  get stderr(): string {
    return this.#text.stderr;
  }

  kill(signal: NodeJS.Signals): void {
    this.#process.kill(signal);
  }

  async #until(name: 'stdout' | 'stderr', text: string): Promise<void> {
    const stream = this.#process[name] as NodeJS.ReadableStream;
    const ended = this.finished.then(({ exitCode, stderr }) => {
      throw new Error(`the program ended (${exitCode}) before it wrote ${JSON.stringify(text)}: ${stderr}`);
    });
    ended.catch(() => {});
    while (!this.#text[name].includes(text)) await Promise.race([once(stream, 'data'), ended]);
  }
}

/** Starts the program with a configuration (its path) and a command line. */
export function start(config: string, args: readonly string[], options: StartOptions = {}): Program {
  return new Program(config, args, options);
}

/** Runs the program to its end. */
export function run(config: string, args: readonly string[], options: StartOptions = {}): Promise<Ended> {
  return start(config, args, options).finished;
}

/** Starts a receiver and waits until it says that it is ready. */
export async function startReady(
  config: string,
  args: readonly string[],
  options: StartOptions = {},
): Promise<Program> {
  const program = start(config, args, options);
  await program.said('remaphore: ready');
  return program;
}

/** Starts a script of bash's with a configuration; `$REMAPHORE` is the program there. */
export function startShell(config: string, script: string, options: StartOptions = {}): Program {
  return start(config, ['-c', script], { ...options, file: 'bash', env: { REMAPHORE: PROGRAM, ...options.env } });
}

/** Runs a script of bash's to its end. */
export function runShell(config: string, script: string, options: StartOptions = {}): Promise<Ended> {
  return startShell(config, script, options).finished;
}
