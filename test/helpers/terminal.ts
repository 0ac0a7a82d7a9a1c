// The program on a terminal: what a person would see there.

import { execFileSync } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import xterm from '@xterm/headless';
import { type Ended, type Program, startShell } from './program.ts';

const POLL_MS = 20;
const LIMIT_MS = 20_000;

/** A terminal in which something runs. */
export interface TestTerminal {
  program: Program;
  /** Its lines as they are shown now, without those that are empty at the end. */
  screen(): Promise<string[]>;
  /** Makes the terminal as wide as this; the command's first line must have been `tty`'s. */
  resize(columns: number): Promise<void>;
  /** Waits until a line that is shown matches. */
  shows(pattern: RegExp): Promise<void>;
  /** How it ended; `stdout` is everything that was written to the terminal. */
  finished: Promise<Ended>;
}

/**
 * Runs a shell command on a terminal of its own.
 *
 * @param command `$REMAPHORE` is the program there
 * @param options.input what is typed at once; default: nothing
 */
export function startTerminal(
  config: string,
  command: string,
  { columns = 80, env = {}, input }: { columns?: number; env?: Record<string, string>; input?: string } = {},
): TestTerminal {
  const line = `stty cols ${columns} rows 24; ${command}`;
  const program = startShell(config, 'exec script -qec "$LINE" /dev/null', {
    env: { LINE: line, ...env },
    ...(input !== undefined && { input }),
  });
  const terminal = new xterm.Terminal({ cols: columns, rows: 24, allowProposedApi: true });
  let written = 0;

  async function screen(): Promise<string[]> {
    const text = program.stdout.slice(written);
    written += text.length;
    await new Promise<void>((resolve) => terminal.write(text, resolve));
    const { active } = terminal.buffer;
    const lines = Array.from({ length: active.length }, (_, i) => active.getLine(i)?.translateToString(true) ?? '');
    while (lines.at(-1) === '') lines.pop();
    return lines;
  }

  return {
    program,
    screen,
    finished: program.finished,
    async resize(width) {
      const [device = ''] = await screen();
      terminal.resize(width, 24);
      execFileSync('stty', ['-F', device, 'cols', String(width)]);
    },
    async shows(pattern) {
      const deadline = performance.now() + LIMIT_MS;
      for (let lines = await screen(); !lines.some((shown) => pattern.test(shown)); lines = await screen()) {
        if (performance.now() > deadline) throw new Error(`never shown: ${pattern}, but ${JSON.stringify(lines)}`);
        await delay(POLL_MS);
      }
    },
  };
}
