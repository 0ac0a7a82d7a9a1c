// The results as a Markdown table, for the terminal and for the file.

import type { Worsening } from './baseline.ts';
import type { Results } from './results.ts';
import { type ProgramName, ROWS, type Row } from './rows.ts';
import type { Summary } from './statistics.ts';

/** How a figure is written: `2.7`, `25,000`. */
export function formatFigure(value: number): string {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return value.toLocaleString('en-US', { maximumFractionDigits: digits });
}

/** The rows that were measured, with a column for each program. */
export function formatTable(results: Results, programs: readonly ProgramName[]): string {
  const showsNative = !programs.includes('peer');
  const head = ['measure', 'goal', ...programs, ...(showsNative ? ['native (elsewhere)'] : []), 'met?'];
  const rows = ROWS.filter(({ name }) => programs.some((program) => results.summary(name, program) !== undefined));
  const footnotes = [...new Set(rows.flatMap(({ name }) => results.notes(name)))];
  const body = rows.map((row) => {
    const marks = results.notes(row.name).map((note) => `[${footnotes.indexOf(note) + 1}]`);
    return [
      [row.title, ...marks].join(' '),
      formatGoal(row),
      ...programs.map((program) => formatSummary(results.summary(row.name, program), row)),
      ...(showsNative ? [row.native] : []),
      formatVerdicts(results, row, programs),
    ];
  });
  const notes = footnotes.map((note, i) => `${i + 1}. ${note}.`);
  return [...alignColumns([head, ...body]), '', ...notes].join('\n').trimEnd();
}

/** A figure that has become worse, as a sentence. */
export function formatWorsening({ row, program, factor }: Worsening): string {
  const title = ROWS.find(({ name }) => name === row)?.title;
  return `Worse than the baseline by a factor of ${factor.toFixed(2)}: ${title} (${program}).`;
}

function formatGoal({ goal, better, unit }: Row): string {
  const sign = better === 'less' ? '≤' : '≥';
  const { bundle, binary } = goal;
  const values = binary === undefined || binary === bundle ? [bundle] : [bundle, binary];
  return `${sign} ${values.map(formatFigure).join('; ')} ${unit}`;
}

function formatSummary(summary: Summary | undefined, { unit }: Row): string {
  if (summary === undefined) return '–';
  const [middle, least, most] = [summary.median, summary.minimum, summary.maximum].map(formatFigure);
  return `${middle} ${unit} (${least}–${most})`;
}

function formatVerdicts(results: Results, row: Row, programs: readonly ProgramName[]): string {
  const verdicts = programs.flatMap((program) => {
    if (program === 'peer') return [];
    const [summary, goal] = [results.summary(row.name, program), row.goal[program]];
    if (summary === undefined || goal === undefined) return ['–'];
    const isMet = row.better === 'less' ? summary.median <= goal : summary.median >= goal;
    return [isMet ? 'yes' : 'no'];
  });
  return verdicts.join('; ');
}

function alignColumns(lines: string[][]): string[] {
  const widths = (lines[0] ?? []).map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  const format = (line: string[]) => `| ${line.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(' | ')} |`;
  const [head, ...body] = lines.map(format);
  return [head ?? '', `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...body];
}
