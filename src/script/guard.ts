// Ends a command when this process does not come to it, being stopped, stuck or killed: a shell in a session of its own,
// which nobody stops with the terminal's keys, sleeps and then sends the signals. It is there before the command is, and
// told what to end as soon as that is started. Each time that the command may go on for longer another guard takes its
// place; the one before is ended only when the next is there.

import { type ChildProcess, spawn } from 'node:child_process';

/** What the shell does: told whom, $1 seconds later SIGTERM, and $2 seconds after that SIGKILL. */
const SCRIPT =
  'read -r whom && sleep "$1" && kill -s TERM -- "$whom"; kill -s CONT -- "$whom"; sleep "$2"; kill -s KILL -- "$whom"';

/** Watches one command. */
export class Guard {
  readonly #onFault: (reason: string) => void;
  #target: number | undefined;
  #child: ChildProcess | undefined;

  /** @param onFault told why there can be no guard from now on */
  constructor(onFault: (reason: string) => void) {
    this.#onFault = onFault;
  }

  /** Says what to signal, as kill(2) has it. */
  aim(target: number): void {
    this.#target = target;
    this.#child?.stdin?.end(`${target}\n`);
  }

  /** Lets the command go on for so long from now, and after SIGTERM for so long again. */
  renew(termInMs: number, killAfterMs: number): void {
    const seconds = [termInMs, killAfterMs].map((ms) => (Math.max(0, ms) / 1000).toFixed(3));
    const child = spawn('/bin/sh', ['-c', SCRIPT, 'guard', ...seconds], {
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
      cwd: '/',
    });
    child.once('error', (error) => this.#onFault(error.message));
    // It may be gone before it has been told.
    child.stdin?.once('error', () => {});
    child.unref();
    if (child.pid === undefined) return;
    this.dismiss();
    this.#child = child;
    if (this.#target !== undefined) this.aim(this.#target);
  }

  /** The command has ended, or was never started. */
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
