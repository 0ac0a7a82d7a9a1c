// What check printed, as rows.

import { type OutputRecord, readRecords } from './output-schema.ts';
import { type Ended, run, type StartOptions } from './program.ts';

/** One row of check's. */
export interface CheckedRow {
  severity: string;
  check: string;
  detail: string;
  advice?: string;
  file?: string;
  line?: number;
  place?: string;
  server?: string;
}

/** How check ended, and its rows. */
export interface Checked extends Ended {
  rows: CheckedRow[];
  summary: OutputRecord;
}

/** Runs `check --json`, whose every line the schema must allow. */
export async function check(config: string, args: readonly string[] = [], options?: StartOptions): Promise<Checked> {
  const ended = await run(config, ['check', '--json', ...args], options);
  const records = readRecords(ended.stdout);
  const summary = records.pop() as OutputRecord;
  return { ...ended, rows: records as unknown as CheckedRow[], summary };
}

/** The rows of some kinds, as `severity check: detail`. */
export function shortly(rows: readonly CheckedRow[], ...checks: string[]): string[] {
  return rows
    .filter(({ check }) => checks.length === 0 || checks.includes(check))
    .map(({ severity, check, detail }) => `${severity} ${check}: ${detail}`);
}
