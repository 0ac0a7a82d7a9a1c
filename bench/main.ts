// Measures, prints a table, compares it with the baseline, and writes RESULTS.md; scripts/bench.mjs builds and starts
// this.

import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FAILING_FACTOR, findWorsenings, NOTABLE_FACTOR, readBaseline, saveBaseline, toCosts } from './baseline.ts';
import type { Bench, Measure } from './bench.ts';
import { cpuMeasure } from './measures/cpu.ts';
import { libraryMeasure } from './measures/library.ts';
import { memoryMeasure } from './measures/memory.ts';
import { peersMeasure } from './measures/peers.ts';
import { requestMeasure } from './measures/request.ts';
import { startMeasure } from './measures/start.ts';
import { wakeMeasure } from './measures/wake.ts';
import { type BenchOptions, parseOptions } from './options.ts';
import { killAll } from './process.ts';
import { findPrograms } from './programs.ts';
import { describeMachine, formatReport } from './report.ts';
import { Results } from './results.ts';
import { ROWS } from './rows.ts';
import { openSetting } from './setting.ts';
import { formatTable } from './table.ts';
import { measureYardsticks } from './yardstick.ts';

/** In this order: a start takes longer once the bench itself has become large. */
const MEASURES: readonly Measure[] = [
  startMeasure,
  wakeMeasure,
  memoryMeasure,
  peersMeasure,
  requestMeasure,
  cpuMeasure,
  libraryMeasure,
];

/** @returns the exit code: 1 when the short form finds something twice as dear as it was */
async function runBench(options: BenchOptions, root: string): Promise<number> {
  const programs = findPrograms(root, options.peer);
  const names = programs.map(({ name }) => name);
  const results = new Results();
  const yardsticks = await measureYardsticks(options.short ? 7 : 21);
  const setting = await openSetting();
  try {
    const bench = toBench(options, root, { programs, setting, results });
    for (const measure of MEASURES) {
      if (!measure.rows.some(bench.wants)) continue;
      const startedMs = performance.now();
      await measure.run(bench);
      console.error(`${measure.rows.join(', ')}: took ${((performance.now() - startedMs) / 1000).toFixed(1)} s`);
    }
  } finally {
    killAll();
    await setting.close();
  }

  const remarks = names.includes('binary') ? [] : ['There was no binary to measure: `npm run build:binary` makes it.'];
  const baselineFile = join(root, 'bench/baseline.json');
  const costs = toCosts(results, yardsticks);
  const baseline = readBaseline(baselineFile);
  const worsenings = findWorsenings(costs, baseline ?? {}, options.short ? FAILING_FACTOR : NOTABLE_FACTOR);
  for (const { row, program, factor } of worsenings) {
    const title = ROWS.find(({ name }) => name === row)?.title;
    remarks.push(`Worse than the baseline by a factor of ${factor.toFixed(2)}: ${title} (${program}).`);
  }
  if (baseline === undefined) remarks.push('There was no baseline to compare with.');

  const table = formatTable(results, names);
  const machine = describeMachine(process.env['NATS_SERVER'] ?? 'nats-server', yardsticks);
  console.log([...machine, '', table, '', ...remarks].join('\n').trimEnd());
  if (options.short) return worsenings.length > 0 ? 1 : 0;
  // Some rows alone would be no report.
  if (options.only === undefined) {
    writeFileSync(join(root, 'bench/RESULTS.md'), formatReport(machine, table, remarks));
  }
  if (options.saveBaseline) saveBaseline(baselineFile, costs);
  return 0;
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
  console.error(`bench: ${error instanceof Error ? (error.stack ?? error.message) : error}`);
  process.exitCode = 2;
}
