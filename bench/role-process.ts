import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** What says nothing for so long is stuck. */
const LIMIT_MS = 60_000;

/** A process of the bench's own that plays a part, so that it does not disturb what is measured here. */
export class RoleProcess {
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  /** @param roles the directory of what the build of the bench made */
  static start(roles: string, role: 'responders' | 'taker', args: readonly string[]): RoleProcess {
    return new RoleProcess(fork(join(roles, `${role}.mjs`), args, { execArgv: [] }));
  }

  send(message: object): void {
    this.#child.send(message);
  }

  /**
   * Waits for what it says next.
   *
   * @throws Error when it ends instead, or says nothing
   */
  async next<Message>(): Promise<Message> {
    const ended = new AbortController();
    const onExit = (code: number | null) => ended.abort(new Error(`a part of the bench ended (${code})`));
    const stuck = setTimeout(() => ended.abort(new Error('a part of the bench is stuck')), LIMIT_MS);
    this.#child.once('exit', onExit);
    try {
      const [message] = await once(this.#child, 'message', { signal: ended.signal });
      return message as Message;
    } catch (error) {
      throw ended.signal.aborted ? ended.signal.reason : error;
    } finally {
      clearTimeout(stuck);
      this.#child.off('exit', onExit);
    }
  }

  /** Calls back for each thing it says. */
  onMessage<Message>(listener: (message: Message) => void): void {
    this.#child.on('message', listener);
  }

  async end(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exited = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await exited;
  }
}
