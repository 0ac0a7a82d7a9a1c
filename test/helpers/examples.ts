// The scripts under examples/, run as a user runs them: with `remaphore` on the PATH.

import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, onTestFinished } from 'vitest';
import type { TestNode } from './network.ts';
import { type Ended, PROGRAM, type Program, type StartOptions, start, startReady } from './program.ts';

/** The directory of the examples. */
export const EXAMPLES = fileURLToPath(new URL('../../examples/', import.meta.url));

/** A host that was forgotten ends after this long. */
const GUARD = ['-t', '45s'];

/** Runs examples, each with the configuration of the host that it is for. */
export interface ExampleRunner {
  /** an empty directory of this file's tests */
  directory: string;
  start(config: string, example: string, args?: readonly string[], options?: StartOptions): Program;
  run(config: string, example: string, args?: readonly string[], options?: StartOptions): Promise<Ended>;
}

/** Has examples be run by the tests of a file; what it holds is there once they run. */
export function openExamples(): ExampleRunner {
  const runner = {} as ExampleRunner;
  let base: string;

  beforeAll(() => {
    base = mkdtempSync(join(tmpdir(), 'examples-'));
    runner.directory = join(base, 'work');
    mkdirSync(runner.directory);
    mkdirSync(join(base, 'bin'));
    symlinkSync(PROGRAM, join(base, 'bin/remaphore'));
  });
  afterAll(() => rmSync(base, { recursive: true, force: true }));

  runner.start = (config, example, args = [], options = {}) =>
    start(config, args, {
      cwd: runner.directory,
      ...options,
      file: join(EXAMPLES, example),
      env: { PATH: `${join(base, 'bin')}:${process.env['PATH']}`, ...options.env },
    });
  runner.run = (...words) => runner.start(...words).finished;
  return runner;
}

/** Has a host listen with a script until the test has ended. */
export async function listen(host: TestNode, args: readonly string[]): Promise<Program> {
  const listener = await startReady(host.config, [...GUARD, ...args]);
  onTestFinished(async () => {
    listener.kill('SIGTERM');
    await listener.finished;
  });
  return listener;
}
