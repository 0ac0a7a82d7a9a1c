// A lock among processes: a file that is there for as long as one of them has it. One that was killed leaves it behind;
// after some time it is taken away from it, and who was only stopped for so long has to look whether it still has it.

import { closeSync, constants, openSync, statSync, unlinkSync } from 'node:fs';
import { isInPlace } from './own-file.ts';

const OWNER_ONLY = 0o600;
const NEW = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
/** Nothing that is done under it takes so long. */
const HELD_MS = 5000;
const POLL_MS = 5;

/** A lock, by the path of its file. */
export class FileLock {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  /** Resolves when nobody has it, which may be over at once: true; or when somebody has had it for too long: false. */
  async untilFree(): Promise<boolean> {
    const deadlineMs = performance.now() + 2 * HELD_MS;
    while (!this.isFree()) {
      if (performance.now() > deadlineMs) return false;
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
    return true;
  }

  /**
   * Takes it for some work; does nothing when somebody else has it.
   *
   * @param work is given whether the lock is still its own, to be asked before what others must not do meanwhile
   */
  ifFree(work: (isHeld: () => boolean) => void): void {
    if (!this.isFree()) return;
    let lock: number;
    try {
      lock = openSync(this.#path, NEW, OWNER_ONLY);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return;
      throw error;
    }
    const isHeld = () => isInPlace(lock, this.#path);
    try {
      work(isHeld);
    } finally {
      if (isHeld()) unlinkSync(this.#path);
      closeSync(lock);
    }
  }

  /** Whether nobody has it; from who has had it for too long it is taken away. */
  isFree(): boolean {
    const stats = statSync(this.#path, { throwIfNoEntry: false });
    if (stats === undefined) return true;
    // A clock that was set back must not keep it for ever.
    if (Math.abs(Date.now() - stats.mtimeMs) < HELD_MS) return false;
    try {
      unlinkSync(this.#path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
    return true;
  }
}
