// What this user's receivers have accepted, for those that start later: a message whose bytes are published once more must
// not be acted on by the next one either. A receiver knows what stood in the file when it started; what is added while it
// listens is other receivers' own, which it may well act on itself.
//
// Lines are only ever appended, each batch in one write, which the kernel does not mix with others'. Whoever takes out what
// is out of date writes the rest anew beside the file and puts it in its place, and has a lock for so long: after each
// write an appender looks whether the lock is there or the file another one, and if so appends again. So no line is lost,
// and nobody waits for anybody while nothing is taken out.

import {
  appendFileSync,
  closeSync,
  constants,
  fdatasync,
  fdatasyncSync,
  fstatSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Config } from '../config/config.ts';
import { defaultStateDirectory } from '../config/state-place.ts';
import { HASH_BYTES } from '../protocol/constants.ts';
import { type AcceptedLine, encodeLine, parseLines } from './accepted-line.ts';
import { FileLock } from './file-lock.ts';
import { HashSet } from './hash-set.ts';
import { isInPlace, openOwn } from './own-file.ts';
import { StateError } from './state-error.ts';

const OWNER_ONLY = 0o700;
const { O_WRONLY, O_APPEND, O_EXCL } = constants;
/** A smaller file is not worth being written anew: some 900 messages. */
const SMALL_BYTES = 64 * 1024;

const sync = promisify(fdatasync);

/** The file of one user, as one receiver sees it. */
export class AcceptedFile {
  readonly path: string;
  readonly #keepMs: number;
  readonly #lock: FileLock;
  /** what stood there when this receiver started */
  readonly #before = new HashSet();
  /** its descriptor */
  #file: number;
  /** at this size it is worth looking what is out of date */
  #pruneAtBytes = SMALL_BYTES;
  #work = Promise.resolve();
  #isClosed = false;

  /**
   * Opens the file, which is made if it is not there, and reads what was accepted so far.
   *
   * @param directory absolute path; made if it is not there
   * @param keepMs how long a message's bytes might be accepted again at most, in milliseconds
   * @throws StateError
   */
  constructor(directory: string, keepMs: number) {
    // Each user's is in a directory of its own, since several may share the one around it.
    const own = join(directory, `${process.geteuid?.() ?? 'user'}`);
    this.path = join(own, 'accepted');
    this.#keepMs = keepMs;
    this.#lock = new FileLock(`${this.path}.lock`);
    try {
      mkdirSync(own, { recursive: true, mode: OWNER_ONLY });
      this.#file = openOwn(this.path, O_WRONLY | O_APPEND);
      for (const { hash } of this.#read()) this.#before.add(hash);
    } catch (error) {
      throw StateError.from(error, this.path);
    }
  }

  /** Whether a message was accepted before this receiver started. */
  has(hash: Uint8Array): boolean {
    return this.#before.has(hash);
  }

  /**
   * Adds messages; resolves when they are on the disk.
   *
   * @param nowMs when they were accepted, Unix time in milliseconds
   * @throws StateError
   */
  add(hashes: readonly Uint8Array[], nowMs: number): Promise<void> {
    // Its descriptor may be another file's by now.
    if (this.#isClosed) return Promise.reject(this.toError('it has been closed'));
    const added = this.#work.then(() => this.#add(hashes, nowMs));
    this.#work = added.catch(() => {});
    return added;
  }

  /** Does what adding does, and adds nothing: the first time it takes a millisecond longer. Waits for no lock. */
  async rehearse(): Promise<void> {
    if (this.#isClosed) return;
    const rehearsed = this.#work.then(async () => {
      encodeLine({ hash: new Uint8Array(HASH_BYTES), acceptedMs: 0, keepUntilMs: 0 });
      await sync(this.#file);
      this.#lock.isFree();
      isInPlace(this.#file, this.path);
    });
    this.#work = rehearsed.catch(() => {});
    await this.#work;
  }

  /** Closes it once nothing is under way any more. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    void this.#work.then(() => closeSync(this.#file));
  }

  /** An error that says what is wrong with it. */
  toError(fault: string): StateError {
    return new StateError('state-unusable', this.path, fault, 'look for what keeps it from being written');
  }

  async #add(hashes: readonly Uint8Array[], nowMs: number): Promise<void> {
    const times = { acceptedMs: nowMs, keepUntilMs: nowMs + this.#keepMs };
    const lines = hashes.map((hash) => encodeLine({ hash, ...times })).join('');
    try {
      do {
        // To hand it to the system takes a tenth of what another thread's turn does; the disk may take long.
        appendFileSync(this.#file, lines, 'latin1');
        await sync(this.#file);
      } while (await this.#wasReplaced());
      this.#pruneIfDue(nowMs);
    } catch (error) {
      throw StateError.from(error, this.path);
    }
  }

  #read(): AcceptedLine[] {
    return parseLines(readFileSync(this.path, 'latin1'));
  }

  /** Whether somebody who took out what is out of date may have missed what was just written. */
  async #wasReplaced(): Promise<boolean> {
    // In this order: who takes the lock from here on reads what has been written.
    if (!(await this.#lock.untilFree())) throw this.toError('another process has its lock for too long');
    if (isInPlace(this.#file, this.path)) return false;
    this.#reopen();
    return true;
  }

  #reopen(): void {
    const file = openOwn(this.path, O_WRONLY | O_APPEND);
    closeSync(this.#file);
    this.#file = file;
  }

  #pruneIfDue(nowMs: number): void {
    const { size } = fstatSync(this.#file);
    if (size < this.#pruneAtBytes) return;
    this.#pruneAtBytes = 2 * size;
    try {
      this.#prune(nowMs);
    } catch {
      // It is good as it is, only larger, and is tried again; what matters is said when nothing can be added.
    }
  }

  #prune(nowMs: number): void {
    // Whoever has the lock does the same.
    this.#lock.ifFree((isHeld) => {
      const kept = this.#read().filter(({ keepUntilMs }) => keepUntilMs >= nowMs);
      const next = `${this.path}.new`;
      // Not the one that somebody may still be writing who has lost the lock.
      rmSync(next, { force: true });
      const file = openOwn(next, O_WRONLY | O_EXCL);
      try {
        writeFileSync(file, kept.map(encodeLine).join(''), 'latin1');
        fdatasyncSync(file);
      } finally {
        closeSync(file);
      }
      if (isHeld()) renameSync(next, this.path);
    });
    this.#reopen();
    this.#pruneAtBytes = Math.max(SMALL_BYTES, 2 * fstatSync(this.#file).size);
  }
}

/**
 * Opens the file of this user's in the directory that a configuration names, or in the usual one.
 *
 * @throws StateError
 */
export function openAcceptedFile({ state, allowSkewMs }: Pick<Config, 'state' | 'allowSkewMs'>): AcceptedFile {
  // A message may bear a time that is the skew ahead, and can be accepted until the skew has passed after that.
  return new AcceptedFile(state ?? defaultStateDirectory(process.env, process.geteuid?.()), 2 * allowSkewMs);
}
