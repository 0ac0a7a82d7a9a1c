// A command that a person or a script has wrapped: it reads and writes where this process does, is passed the signals that
// this process gets, and is the leader of a group of its own that ends with it. In the foreground it stays in the group of
// this process, as a program that uses the terminal must, and then it alone is ended, since the rest of the group is not
// its own.

import { type ChildProcess, spawn } from 'node:child_process';
import { constants } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { endProcessGroup } from './process-group.ts';
import { describeFailure, type Outcome } from './run.ts';

/** What to run, and how. */
export interface CommandRun {
  /** a path, or a name looked up in PATH */
  command: string;
  args: readonly string[];
  env: NodeJS.ProcessEnv;
  foreground: boolean;
}

/** A command that runs, or could not be run. */
export class WrappedCommand {
  /** how it ended: the command itself, not yet what it has left behind */
  readonly ended: Promise<Outcome>;
  readonly #foreground: boolean;
  readonly #child: ChildProcess | undefined;
  #isOver = false;

  constructor({ command, args, env, foreground }: CommandRun) {
    this.#foreground = foreground;
    try {
      const child = spawn(command, [...args], { env, detached: !foreground, stdio: 'inherit' });
      this.#child = child;
      this.ended = new Promise((resolve) => {
        child.once('error', (error) => resolve(describeFailure(command, error)));
        child.once('exit', (code, signal) => {
          this.#isOver = true;
          resolve({ exitCode: code ?? 128 + (signal ? constants.signals[signal] : 0), fault: undefined });
        });
      });
    } catch (error) {
      this.ended = Promise.resolve(describeFailure(command, error as NodeJS.ErrnoException));
    }
  }

  /** What to signal, as kill(2) has it: its process, or less than 0 for its group; undefined when it does not run. */
  get target(): number | undefined {
    const pid = this.#child?.pid;
    return pid === undefined || this.#foreground ? pid : -pid;
  }

  /** Passes a signal on. */
  signal(name: NodeJS.Signals): void {
    // The number of a process that was waited for may be another one's; that of a group with somebody in it is not.
    if (this.target === undefined || (this.#foreground && this.#isOver)) return;
    try {
      process.kill(this.target, name);
    } catch {
      // It has just ended, or runs as another user.
    }
  }

  /** Ends it and all of its group, or what it has left behind: SIGTERM, and after some time SIGKILL. */
  async end(graceMs: number): Promise<void> {
    const pid = this.#child?.pid;
    if (pid === undefined) return;
    if (!this.#foreground) return endProcessGroup(pid, undefined, graceMs);
    if (this.#isOver) return;
    this.signal('SIGTERM');
    // A stopped process would never get to it.
    this.signal('SIGCONT');
    await Promise.race([this.ended, delay(graceMs)]);
    this.signal('SIGKILL');
    await Promise.race([this.ended, delay(1000)]);
  }
}
