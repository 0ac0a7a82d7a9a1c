// Programs as they are measured: started with as little around them as possible, all in the same way, and each failure
// an error that shows what the program said.

import { type ChildProcess, spawn } from 'node:child_process';
import type { Executable } from './programs.ts';

/** What takes longer than this is stuck. */
const LIMIT_MS = 300_000;
/** A receiver is ready within this, or never. */
const READY_MS = 10_000;

const running = new Set<ChildProcess>();

/** How a process ended. */
export interface Ended {
  /** null when a signal ended it */
  exitCode: number | null;
  /** from just before the start, in ms */
  elapsedMs: number;
  /** when that was, by performance.now() */
  endedMs: number;
  stdout: string;
  stderr: string;
}

/** A process that has been started. */
export class Started {
  readonly pid: number;
  readonly ended: Promise<Ended>;
  readonly #startedMs: number;
  readonly #child: ChildProcess;
  readonly #command: string;
  #stderr = '';
  #stdout = '';

  constructor({ file, args }: Executable, more: readonly string[], config: string) {
    const { NODE_EXTRA_CA_CERTS: _, NODE_OPTIONS: __, ...inherited } = process.env;
    const env = { ...inherited, REMAPHORE_CONFIG: config };
    const wantsOutput = more[0] === '-r';
    this.#command = [file, ...args, ...more].join(' ');
    this.#startedMs = performance.now();
    const child = spawn(file, [...args, ...more], {
      env,
      stdio: ['ignore', wantsOutput ? 'pipe' : 'ignore', 'pipe'],
    });
    this.#child = child;
    this.pid = child.pid ?? 0;
    running.add(child);
    child.stderr?.on('data', (chunk: Buffer) => {
      this.#stderr += chunk.toString();
    });
    child.stdout?.on('data', (chunk: Buffer) => {
      this.#stdout += chunk.toString('latin1');
    });
    this.ended = new Promise((resolve, reject) => {
      let endedMs = 0;
      const stuck = setTimeout(() => child.kill('SIGKILL'), LIMIT_MS);
      child.once('exit', () => {
        endedMs = performance.now();
        running.delete(child);
        clearTimeout(stuck);
      });
      child.once('error', reject);
      child.once('close', (exitCode) => {
        const elapsedMs = endedMs - this.#startedMs;
        resolve({ exitCode, elapsedMs, endedMs, stdout: this.#stdout, stderr: this.#stderr });
      });
    });
    // Whoever awaits it sees the error; nobody has to.
    this.ended.catch(() => {});
  }

  /** What it has written to standard error so far. */
  get stderr(): string {
    return this.#stderr;
  }

  /**
   * Waits until it says on standard error that it is ready.
   *
   * @returns how long that took from just before the start, in ms
   * @throws Error when it ends before, or is not in ten seconds
   */
  ready(): Promise<number> {
    return new Promise((resolve, reject) => {
      const limit = setTimeout(() => reject(new Error(`${this.#command}: it did not say that it is ready`)), READY_MS);
      const look = () => {
        if (!this.#stderr.includes('remaphore: ready')) return;
        clearTimeout(limit);
        resolve(performance.now() - this.#startedMs);
      };
      this.#child.stderr?.on('data', look);
      look();
      this.ended.then((ended) => {
        clearTimeout(limit);
        reject(this.#failure('ended before it was ready', ended));
      }, reject);
    });
  }

  /**
   * Waits for its end, which must be a good one.
   *
   * @throws Error with its standard error when it exits other than 0
   */
  async succeeded(): Promise<Ended> {
    const ended = await this.ended;
    if (ended.exitCode !== 0) throw this.#failure(`exited with ${ended.exitCode}`, ended);
    return ended;
  }

  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.ended;
  }

  #failure(what: string, { stderr }: Ended): Error {
    return new Error(`${this.#command}: it ${what}; its standard error:\n${stderr}`);
  }
}

/** Starts a program with a configuration (its path); standard output is kept only of a request. */
export function start(program: Executable, args: readonly string[], config: string): Started {
  return new Started(program, args, config);
}

/** Ends everything that has been started here and still runs. */
export function killAll(): void {
  for (const child of running) child.kill('SIGKILL');
}
