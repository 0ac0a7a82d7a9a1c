// Ends a command when this process does not come to it, being stopped, stuck or killed: a shell in a session of its own,
// which nobody stops with the terminal's keys, sleeps and then sends the signals. Each time that the command may go on for
// longer another one takes its place; the one before is ended only when the next is there.

import { type ChildProcess, spawn } from 'node:child_process';

/** What the shell does: $1 seconds, then SIGTERM to $2; $3 seconds, then SIGKILL. */
const SCRIPT = 'sleep "$1" && kill -s TERM -- "$2"; kill -s CONT -- "$2"; sleep "$3"; kill -s KILL -- "$2"';

/** Watches one command. */
export class Guard {
  readonly #target: number;
  readonly #onFault: (reason: string) => void;
  #child: ChildProcess | undefined;

  /**
   * @param target what to signal, as kill(2) has it
   * @param onFault told why there can be no guard from now on
   */
  constructor(target: number, onFault: (reason: string) => void) {
    this.#target = target;
    this.#onFault = onFault;
  }

  /** Lets the command go on for so long from now, and after SIGTERM for so long again. */
  renew(termInMs: number, killAfterMs: number): void {
    const [term, kill] = [termInMs, killAfterMs].map((ms) => (Math.max(0, ms) / 1000).toFixed(3));
    const args = ['-c', SCRIPT, 'guard', term as string, String(this.#target), kill as string];
    const child = spawn('/bin/sh', args, { detached: true, stdio: 'ignore', cwd: '/' });
    child.once('error', (error) => this.#onFault(error.message));
    child.unref();
    if (child.pid === undefined) return;
    this.dismiss();
    this.#child = child;
  }

  /** The command has ended. */
  dismiss(): void {
    const { pid, exitCode, signalCode } = this.#child ?? {};
    this.#child = undefined;
    if (pid === undefined || exitCode != null || signalCode != null) return;
    try {
      process.kill(-pid, 'SIGKILL');
    } catch {
      // It has just ended.
    }
  }
}
