import type { ProgramName, RowName } from './rows.ts';
import { type Summary, summarize } from './statistics.ts';
import type { Yardsticks } from './yardstick.ts';

/** What has been measured so far, and what is to be said about it. */
export class Results {
  readonly #samples = new Map<string, number[]>();
  readonly #notes = new Map<RowName, string[]>();
  readonly #yardsticks = new Map<RowName, Yardsticks>();

  /** @param value in the row's unit */
  add(row: RowName, program: ProgramName, value: number): void {
    const key = `${row} ${program}`;
    const samples = this.#samples.get(key);
    if (samples === undefined) this.#samples.set(key, [value]);
    else samples.push(value);
  }

  /** Takes back what was measured of these rows. */
  forget(rows: readonly RowName[]): void {
    for (const key of this.#samples.keys())
      if (rows.some((row) => key.startsWith(`${row} `))) this.#samples.delete(key);
    for (const row of rows) this.#notes.delete(row);
  }

  /** Says how fast the machine was when these rows were measured. */
  setYardsticks(rows: readonly RowName[], yardsticks: Yardsticks): void {
    for (const row of rows) this.#yardsticks.set(row, yardsticks);
  }

  yardsticks(row: RowName): Yardsticks | undefined {
    return this.#yardsticks.get(row);
  }

  /** Adds a footnote to a row, once. */
  note(row: RowName, text: string): void {
    const notes = this.#notes.get(row) ?? [];
    if (!notes.includes(text)) this.#notes.set(row, [...notes, text]);
  }

  /** undefined when it was not measured, or does not apply */
  summary(row: RowName, program: ProgramName): Summary | undefined {
    const samples = this.#samples.get(`${row} ${program}`);
    return samples && summarize(samples);
  }

  notes(row: RowName): readonly string[] {
    return this.#notes.get(row) ?? [];
  }
}
