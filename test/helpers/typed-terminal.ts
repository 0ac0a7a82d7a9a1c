// A program on a terminal of its own, which `script` of util-linux provides, and somebody who types.

import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { assertNoSecret } from './secrets.ts';

/** How long to wait for what should come at once. */
const LIMIT_MS = 30_000;

/** A terminal of 50 lines and 200 columns. */
export class TypedTerminal {
  readonly #process: ChildProcessWithoutNullStreams;
  #shown = '';
  #all = '';

  /**
   * @param command for /bin/sh
   * @param env the whole environment
   */
  constructor(command: string, env: NodeJS.ProcessEnv, cwd: string) {
    const sized = `stty rows 50 columns 200 && exec ${command}`;
    this.#process = spawn('script', ['-qec', sized, '/dev/null'], { env: { ...env, TERM: 'dumb' }, cwd });
    this.#process.stdout.on('data', (chunk: Buffer) => {
      this.#shown += chunk.toString('utf8');
      this.#all += chunk.toString('latin1');
    });
  }

  type(keys: string): void {
    this.#process.stdin.write(keys);
  }

  /** Waits until what is shown matches, and forgets it up to there. */
  async until(pattern: RegExp): Promise<RegExpExecArray> {
    const signal = AbortSignal.timeout(LIMIT_MS);
    for (;;) {
      const match = pattern.exec(this.#shown);
      if (match !== null) {
        this.#shown = this.#shown.slice(match.index + match[0].length);
        return match;
      }
      try {
        await once(this.#process.stdout, 'data', { signal });
      } catch {
        throw new Error(`the terminal never showed ${pattern}, but ${JSON.stringify(this.#shown)}`);
      }
    }
  }

  /** Hangs up. */
  async close(): Promise<void> {
    const ended = once(this.#process, 'close');
    this.#process.kill('SIGHUP');
    this.#process.stdin.destroy();
    await ended;
    assertNoSecret(this.#all, 'a terminal');
  }
}
