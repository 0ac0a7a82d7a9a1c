// Figures of a former run that later ones are compared with. What is kept are costs (less is better) relative to the
// yardsticks of the same run, so that a slower machine is not taken for a slower program.

import { readFileSync, writeFileSync } from 'node:fs';
import type { Results } from './results.ts';
import { type ProgramName, ROWS, type Row, type RowName } from './rows.ts';
import type { Yardsticks } from './yardstick.ts';

/** From this factor on a figure is reported as worse. */
export const NOTABLE_FACTOR = 1.15;
/** From this factor on the short form fails: with its few rounds on a shared machine less proves nothing. */
export const FAILING_FACTOR = 2;

/** A part of node's start that nobody would notice: what is added to a start, as a difference, is noise below it. */
const NEGLIGIBLE = 0.02;

/** Costs by row and program. */
export type Costs = Partial<Record<RowName, Partial<Record<ProgramName, number>>>>;

/** A figure that is worse than it was. */
export interface Worsening {
  row: RowName;
  program: ProgramName;
  /** by which the cost has grown */
  factor: number;
}

/**
 * A figure as a cost relative to its yardstick.
 *
 * @param value in the row's unit
 */
export function toCost(row: Row, value: number, yardsticks: Yardsticks): number {
  const micros = { '×': 1, MB: 1, s: 1e6, ms: 1e3, µs: 1, 'msg/s': 1 }[row.unit];
  const cost = row.better === 'more' ? 1e6 / value : value * micros;
  if (row.yardstick === 'none') return cost;
  if (row.yardstick === 'verification') return cost / yardsticks.verificationUs;
  return Math.max(cost / (yardsticks.nodeMs * 1e3), NEGLIGIBLE);
}

/**
 * The costs of a run; those of a peer are not ours to watch over.
 *
 * @param of which of a figure's samples: with few on a shared machine, only the best says what the program can do
 */
export function toCosts(results: Results, of: 'median' | 'best' = 'median'): Costs {
  const costs: Costs = {};
  for (const row of ROWS) {
    const yardsticks = results.yardsticks(row.name);
    if (yardsticks === undefined) continue;
    for (const program of ['bundle', 'binary'] as const) {
      const summary = results.summary(row.name, program);
      if (summary === undefined) continue;
      const best = row.better === 'more' ? summary.maximum : summary.minimum;
      const cost = Number(toCost(row, of === 'best' ? best : summary.median, yardsticks).toPrecision(4));
      costs[row.name] = { ...costs[row.name], [program]: cost };
    }
  }
  return costs;
}

/** What has become worse by a factor or more; what only one of them has is left out. */
export function findWorsenings(costs: Costs, baseline: Costs, factor: number): Worsening[] {
  const worsenings: Worsening[] = [];
  for (const { name: row } of ROWS) {
    for (const program of ['bundle', 'binary'] as const) {
      const [now, before] = [costs[row]?.[program], baseline[row]?.[program]];
      if (now === undefined || before === undefined) continue;
      if (now >= before * factor) worsenings.push({ row, program, factor: now / before });
    }
  }
  return worsenings;
}

/** undefined when none has been saved */
export function readBaseline(file: string): Costs | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Costs;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Writes the costs over those there: what was not measured this time stays. */
export function saveBaseline(file: string, costs: Costs): void {
  const merged: Costs = { ...readBaseline(file) };
  for (const [row, own] of Object.entries(costs) as [RowName, Costs[RowName]][]) {
    merged[row] = { ...merged[row], ...own };
  }
  writeFileSync(file, `${JSON.stringify(merged, null, 2)}\n`);
}
