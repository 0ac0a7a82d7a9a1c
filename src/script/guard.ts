// Ends a command when this process does not come to it, being stopped, stuck or killed: a shell in a session of its own,
// which nobody stops with the terminal's keys, sleeps and then sends the signals. It is there before the command is, and
// told what to end as soon as that is started. Each time that the command may go on for longer another guard takes its
// place; the one before is ended only when the next is there.

import { type ChildProcess, spawn } from 'node:child_process';

/** The shell's exit code when it cannot wait, and so must not signal anybody. */
const CANNOT_WAIT = 3;

/**
 * What the shell does: told whom, $1 seconds later SIGTERM, and $2 seconds after that SIGKILL. Some versions of sleep know
 * whole seconds only: those round down, towards the safe side.
 */
const SCRIPT = `read -r whom || exit 0
wait_for() { sleep "$1" || sleep "\${1%.*}"; }
wait_for "$1" || exit ${CANNOT_WAIT}
kill -s TERM -- "$whom"
kill -s CONT -- "$whom"
wait_for "$2"
kill -s KILL -- "$whom"`;

/** Where sleep is, if the caller's PATH does not lead to it. */
const USUAL_PATH = '/usr/bin:/bin';

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
      env: { PATH: `${process.env['PATH'] ?? ''}:${USUAL_PATH}` },
    });
    child.once('error', (error) => this.#onFault(error.message));
    child.once('exit', (code) => {
      if (code === CANNOT_WAIT && child === this.#child) this.#onFault('sleep(1) cannot be run');
    });
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
