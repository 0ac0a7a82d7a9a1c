/** What would be taken for a mark-up in the middle of a line. */
const SPECIAL = /[\\`*_[\]<>&|]/g;

/** What looks like something to type: an option, a variable, a pattern, a path, a call. */
const LITERAL =
  /(?<![\w-])(?:--?[A-Za-z][a-z-]*|\$?[A-Z]+_[A-Z_]+|\*\*|~?\/[a-z~.][\w./-]*|~\/[\w./-]+)(?![\w*])|nats:\/\/[\w.:]+/g;

/** A text as Markdown that shows it, with what is to be typed as code. */
export function formatText(text: string): string {
  let shown = '';
  let at = 0;
  for (const match of text.matchAll(LITERAL)) {
    shown += escapeText(text.slice(at, match.index)) + formatCode(match[0]);
    at = match.index + match[0].length;
  }
  return shown + escapeText(text.slice(at));
}

/** A text as Markdown that shows exactly it. */
export function escapeText(text: string): string {
  return text.replace(SPECIAL, (character) => `\\${character}`);
}

/** A text as code inside a line; a bar is escaped, since it may stand in a table. */
export function formatCode(text: string): string {
  const longest = Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  const space = longest > 0 ? ' ' : '';
  return `${fence}${space}${text.replaceAll('|', '\\|')}${space}${fence}`;
}

/** A table with columns as wide as they have to be. */
export function formatTable(heading: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = heading.map((_, i) => Math.max(3, ...[heading, ...rows].map((row) => [...(row[i] ?? '')].length)));
  const line = (cells: readonly string[]) =>
    `| ${widths.map((width, i) => (cells[i] ?? '') + ' '.repeat(width - [...(cells[i] ?? '')].length)).join(' | ')} |`;
  return [line(heading), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}
