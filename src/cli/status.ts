// One line at the bottom of a terminal that says what is being waited for. It gives way to whatever else is written,
// and is drawn again after that. What draws it is loaded when there is a terminal to draw on.

import { fstatSync } from 'node:fs';
import { escapeLine } from './escape.ts';

/** How often to draw in the first seconds, when tenths are shown, and later. */
const SOON_MS = 100;
const LATER_MS = 1000;
const SOON_COUNT = 100;

const STDERR = 2;

type Drawing = typeof import('./drawing.ts');

/** A line that is drawn until it is ended. */
export class StatusLine {
  readonly #write: (text: string) => void;
  #line: (() => string) | undefined;
  #drawn: ReturnType<Drawing['createDrawing']> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #count = 0;

  /** @param write writes to standard error, and does not wait for a terminal that has been stopped */
  constructor(write: (text: string) => void) {
    this.#write = write;
  }

  /** Shows a line from now on, asking for its text each time. */
  show(line: () => string): void {
    this.#line = line;
    if (this.#drawn !== undefined) this.#draw();
    else if (this.#timer === undefined && isTerminal(STDERR)) void this.#begin();
  }

  /** Takes the line away for something else to be written; it comes back by itself. */
  clear(): void {
    this.#drawn?.clear();
  }

  /** Takes it away for good. */
  end(): void {
    this.#line = undefined;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#drawn?.clear();
  }

  async #begin(): Promise<void> {
    const { createDrawing } = await import('./drawing.ts');
    this.#drawn ??= createDrawing(this.#write);
    this.#draw();
  }

  #draw(): void {
    clearTimeout(this.#timer);
    if (this.#line === undefined) return;
    this.#drawn?.draw(escapeLine(this.#line()));
    this.#timer = setTimeout(() => this.#draw(), this.#count++ < SOON_COUNT ? SOON_MS : LATER_MS);
    // It keeps nothing waiting.
    this.#timer.unref();
  }
}

/** Whether a line can be drawn and taken away. Asked of the kernel first: to load node:tty takes longer than to load most of this program. */
function isTerminal(fd: number): boolean {
  const { TERM: kind = '' } = process.env;
  if (kind === '' || kind === 'dumb') return false;
  try {
    return fstatSync(fd).isCharacterDevice() && process.getBuiltinModule('node:tty').isatty(fd);
  } catch {
    return false;
  }
}
