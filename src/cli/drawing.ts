import cliTruncate from 'cli-truncate';
import { createLogUpdate } from 'log-update';

const DEFAULT_COLUMNS = 80;
const DEFAULT_ROWS = 24;

/** ECMA-48: up one line; erase the line; to its beginning. */
const [UP, ERASE, START] = ['\u001b[1A', '\u001b[2K', '\r'];

/** Draws and redraws one line on a terminal. */
export interface Drawing {
  /** Puts a text in the place of the last one, cut to the terminal's width. */
  draw(text: string): void;
  /** Takes it away. */
  clear(): void;
}

/**
 * Draws on standard error, which is a terminal.
 *
 * @param write writes to it
 */
export function createDrawing(write: (text: string) => void): Drawing {
  // A terminal that does not know its size, such as a serial line, says 0.
  const measure = () => ({
    columns: process.stderr.columns || DEFAULT_COLUMNS,
    rows: process.stderr.rows || DEFAULT_ROWS,
  });
  const target = { isTTY: true, ...measure(), write };
  const update = createLogUpdate(target as unknown as NodeJS.WriteStream, { showCursor: true });
  /** what is shown */
  let length = 0;

  /** A terminal that has become narrower shows the line on several, which the library does not know. */
  const adapt = () => {
    const earlier = target.columns;
    Object.assign(target, measure());
    if (length === 0 || target.columns >= earlier || length <= target.columns) return;
    write(`${(UP + ERASE).repeat(Math.ceil(length / target.columns))}${START}`);
    update.done();
    length = 0;
  };
  return {
    draw(text) {
      adapt();
      const shown = cliTruncate(text, target.columns - 1);
      update(shown);
      length = shown.length;
    },
    clear() {
      adapt();
      if (length > 0) update.clear();
      length = 0;
    },
  };
}
