import { WriteStream } from 'node:tty';
import { styleText } from 'node:util';
import cliui from 'cliui';
import type { TableRow } from '../commands/context.ts';
import { escapeLine } from './escape.ts';

const DEFAULT_COLUMNS = 80;
/** Between columns. */
const GAP = 2;
const MARK_COLUMNS = 'warning'.length + GAP;
/** Where less than this is left for the text, it goes below the rest. */
const MIN_TEXT_COLUMNS = 30;
const INDENT = 2;

const COLOURS = { ok: 'green', warning: 'yellow', error: 'red' } as const;

/**
 * Rows in columns: mark, label, text.
 *
 * @param terminal the descriptor of the terminal that they are for: they are wrapped to its width, and the marks are in
 *   colour if it has colours and $NO_COLOR is not set; undefined: a line each
 */
export function formatTable(rows: readonly TableRow[], terminal: number | undefined): string {
  const screen = terminal === undefined ? undefined : new WriteStream(terminal);
  // Nothing waits for a terminal that is only written to.
  screen?.unref?.();
  const columns = screen?.columns || DEFAULT_COLUMNS;
  const labelColumns = Math.max(0, ...rows.map(({ label }) => label.length)) + GAP;
  const textColumns = columns - MARK_COLUMNS - labelColumns;
  const ui = cliui({ width: columns, wrap: screen !== undefined });
  for (const { mark, label, text } of rows) {
    const marked = screen?.hasColors() ? styleText(COLOURS[mark], mark, { validateStream: false }) : mark;
    const shown = escapeLine(text);
    if (screen === undefined || textColumns >= MIN_TEXT_COLUMNS) {
      ui.div(
        { text: marked, width: MARK_COLUMNS },
        { text: label, width: labelColumns },
        { text: shown, width: textColumns },
      );
    } else {
      ui.div({ text: `${marked} ${label.trimEnd()}`, width: columns });
      ui.div({ text: shown, width: columns, padding: [0, 0, 0, INDENT] });
    }
  }
  return `${ui.toString()}\n`;
}
