// Measures, prints a table, compares it with the baseline, and writes RESULTS.md; scripts/bench.mjs builds and starts
// this.

import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FAILING_FACTOR, findWorsenings, NOTABLE_FACTOR, readBaseline, saveBaseline, toCosts } from './baseline.ts';
import type { Bench, Measure } from './bench.ts';
import { cpuMeasure } from './measures/cpu.ts';
import { libraryMeasure } from './measures/library.ts';
import { lockMeasure } from './measures/lock.ts';
import { memoryMeasure } from './measures/memory.ts';
import { peersMeasure } from './measures/peers.ts';
import { requestMeasure } from './measures/request.ts';
import { requestManyMeasure } from './measures/request-many.ts';
import { sinceMeasure } from './measures/since.ts';
import { startMeasure } from './measures/start.ts';
import { wakeMeasure } from './measures/wake.ts';
import { type BenchOptions, parseOptions, UsageError } from './options.ts';
import { killAll } from './process.ts';
import { type BenchProgram, findPrograms } from './programs.ts';
import { describeMachine, formatReport, replaceTable } from './report.ts';
import { Results } from './results.ts';
import type { RowName } from './rows.ts';
import { openSetting } from './setting.ts';
import { formatTable, formatWorsening } from './table.ts';
import { combineYardsticks, measureYardsticks, type Yardsticks } from './yardstick.ts';

/** In this order: a start takes longer once the bench itself has become large. */
const MEASURES: readonly Measure[] = [
  startMeasure,
  wakeMeasure,
  memoryMeasure,
  peersMeasure,
  requestMeasure,
  requestManyMeasure,
  cpuMeasure,
  libraryMeasure,
  lockMeasure,
  sinceMeasure,
];

/** How much of what a failed program said is shown. */
const SHOWN_CHARACTERS = 2000;

/** @returns the exit code: 2 when something failed, 1 when the short form finds something twice as dear as it was */
async function runBench(options: BenchOptions, root: string): Promise<number> {
  const inShort: readonly RowName[] = MEASURES.filter((measure) => measure.inShort).flatMap(({ rows }) => rows);
  const missing = options.short ? options.only?.find((row) => !inShort.includes(row)) : undefined;
  if (missing !== undefined) throw new UsageError(`--only: the short form does not measure ${missing}`);
  const programs = findPrograms(root, options.peer);
  const names = programs.map(({ name }) => name);
  const results = new Results();
  const { failures, yardsticks } = await runMeasures(options, root, programs, results);

  const remarks = failures.map((rows) => `Failed, in part or altogether: ${rows.join(', ')}.`);
  if (!names.includes('binary')) remarks.push('There was no binary to measure: `npm run build:binary` makes it.');
  const baselineFile = join(root, 'bench/baseline.json');
  const costs = toCosts(results, options.short ? 'best' : 'median');
  for (const row of failures.flat()) delete costs[row];
  const baseline = readBaseline(baselineFile);
  if (baseline === undefined && !options.saveBaseline) remarks.push('There was no baseline to compare with.');
  let worsenings = findWorsenings(costs, baseline ?? {}, options.short ? FAILING_FACTOR : NOTABLE_FACTOR);
  if (options.short && worsenings.length > 0) {
    // Something else may have had the machine just then: only what is as bad the second time is bad.
    const again = new Results();
    const only = worsenings.map(({ row }) => row);
    failures.push(...(await runMeasures({ ...options, only }, root, programs, again)).failures);
    const first = worsenings;
    worsenings = findWorsenings(toCosts(again, 'best'), baseline ?? {}, FAILING_FACTOR).filter(({ row, program }) =>
      first.some((before) => before.row === row && before.program === program),
    );
  }
  remarks.push(...worsenings.map(formatWorsening));

  const table = formatTable(results, names);
  const machine = describeMachine(process.env['NATS_SERVER'] ?? 'nats-server', yardsticks);
  console.log([...machine, '', table, '', ...remarks].join('\n').trimEnd());
  if (!options.short) {
    // Some rows alone would be no report.
    if (options.only === undefined) {
      writeFileSync(join(root, 'bench/RESULTS.md'), formatReport(machine, table, remarks));
      const description = join(root, 'docs/performance.md');
      writeFileSync(description, replaceTable(readFileSync(description, 'utf8'), machine, table));
    }
    if (options.saveBaseline) saveBaseline(baselineFile, costs);
  }
  // A short run is there for the comparison.
  if (failures.length > 0 || (options.short && baseline === undefined)) return 2;
  return options.short && worsenings.length > 0 ? 1 : 0;
}

/**
 * Runs what is asked for; a measure that fails does not hold up the others.
 *
 * @returns those that failed, by their rows, and how fast the machine was throughout
 */
async function runMeasures(
  options: BenchOptions,
  root: string,
  programs: readonly BenchProgram[],
  results: Results,
): Promise<{ failures: (readonly RowName[])[]; yardsticks: Yardsticks }> {
  const failures: (readonly RowName[])[] = [];
  const yardsticks: Yardsticks[] = [];
  const setting = await openSetting();
  try {
    const bench = toBench(options, root, { programs, setting, results });
    for (const { rows, inShort, run } of MEASURES) {
      if (!rows.some(bench.wants) || (options.short && !inShort)) continue;
      const startedMs = performance.now();
      // Again each time: a shared machine is now faster, now slower.
      const current = await measureYardsticks(options.short ? 3 : 9);
      yardsticks.push(current);
      results.setYardsticks(rows, current);
      try {
        await run(bench);
      } catch (error) {
        failures.push(rows);
        showError(error);
        killAll();
        // Ours are to be measured whatever another one does.
        const own = programs.filter(({ name }) => name !== 'peer');
        results.forget(rows);
        if (own.length < programs.length) await run({ ...bench, programs: own }).catch(showError);
      }
      killAll();
      console.error(`${rows.join(', ')}: ${((performance.now() - startedMs) / 1000).toFixed(1)} s`);
    }
  } finally {
    await setting.close();
  }
  return { failures, yardsticks: combineYardsticks(yardsticks) };
}

function showError(error: unknown): void {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  console.error(text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text);
}

function toBench(
  { only, runs, short }: BenchOptions,
  root: string,
  given: Pick<Bench, 'programs' | 'setting' | 'results'>,
): Bench {
  return {
    ...given,
    short,
    root,
    roles: dirname(fileURLToPath(import.meta.url)),
    wants: (row) => only?.includes(row) ?? true,
    rounds: (full, few = 5) => Array.from({ length: runs ?? (short ? few : full) }, (_, i) => i),
  };
}

try {
  process.exitCode = await runBench(parseOptions(process.argv.slice(2)), process.cwd());
} catch (error) {
  const isBug = error instanceof Error && !(error instanceof UsageError);
  console.error(`bench: ${isBug ? (error.stack ?? error.message) : (error as Error).message}`);
  process.exitCode = 2;
}
