import type { OutputRecord, TableRow } from './context.ts';

/** Something that was looked at, and what came of it. */
export interface CheckRow {
  severity: TableRow['mark'];
  /** whose it is to put right */
  concerns: 'configuration' | 'broker';
  /** what was looked at, a word */
  check: string;
  /** what was found, a clause; never holds a secret */
  detail: string;
  /** what to do about it, a clause */
  advice?: string | undefined;
  file?: string | undefined;
  /** counted from 1 */
  line?: number | undefined;
  /** where there are no lines: a path such as `peers[2].verbs` */
  place?: string | undefined;
  /** the server's address as the configuration has it */
  server?: string | undefined;
}

/** The longest name of a check, so that what is printed one after the other stands in the same columns. */
const LABEL_COLUMNS = 'configuration'.length;

/** A row for people. */
export function toTableRow({ severity, check, detail, advice, file, line, place }: CheckRow): TableRow {
  const where = [file === undefined ? [] : line === undefined ? file : `${file}:${line}`, place ?? []].flat();
  const text = [...where, advice === undefined ? detail : `${detail}; ${advice}`].join(': ');
  return { mark: severity, label: check.padEnd(LABEL_COLUMNS), text };
}

/** The same for programs. */
export function toCheckRecord({ severity, check, detail, advice, file, line, place, server }: CheckRow): OutputRecord {
  return { type: 'check', severity, check, detail, advice, file, line, place, server };
}
