import { WriteStream } from 'node:tty';
import cliTruncate from 'cli-truncate';
import { createLogUpdate } from 'log-update';

const DEFAULT_COLUMNS = 80;
const DEFAULT_ROWS = 24;

/** Draws and redraws one line on a terminal. */
export interface Drawing {
  /** Puts a text in the place of the last one, cut to the terminal's width. */
  draw(text: string): void;
  /** Takes it away. */
  clear(): void;
}

/**
 * @param fd a terminal's descriptor
 * @param write writes to it
 */
export function createDrawing(fd: number, write: (text: string) => void): Drawing {
  const terminal = new WriteStream(fd);
  // Nothing waits for a terminal that is only written to.
  terminal.unref?.();
  const target = {
    isTTY: true,
    // A terminal that does not know its size, such as a serial line, says 0.
    get columns() {
      return terminal.columns || DEFAULT_COLUMNS;
    },
    get rows() {
      return terminal.rows || DEFAULT_ROWS;
    },
    write,
  } as unknown as NodeJS.WriteStream;
  const update = createLogUpdate(target, { showCursor: true });
  return {
    draw: (text) => update(cliTruncate(text, target.columns - 1)),
    clear: () => update.clear(),
  };
}
