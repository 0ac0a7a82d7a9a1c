// A program's own clock, set while it runs: libfaketime reads a file each time that the program asks for the time of day.
// What counts from an arbitrary start, as timers do, goes on as it is.

import { existsSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { findFaketime } from '../../scripts/faketime.mjs';

const library = findFaketime();

/** Whether clocks can be set here; `npm test` installs what it takes where it can, and says so where it cannot. */
export const hasFaketime = library !== undefined;

/** Where shared memory has its names. */
const SHARED = '/dev/shm';

export const HOUR_MS = 3_600_000;

/** The clock of the programs that are started with its environment. */
export interface FakeClock {
  env: Record<string, string>;
  /** Sets it, to so far from the true time. */
  set(offMs: number): void;
}

/** A clock that is right until it is set. */
export function createFakeClock(offMs = 0): FakeClock {
  const directory = mkdtempSync(join(tmpdir(), 'clock-'));
  onTestFinished(() => {
    rmSync(directory, { recursive: true, force: true });
    removeLeftovers();
  });
  const file = join(directory, 'offset');
  const clock: FakeClock = {
    env: {
      LD_PRELOAD: library as string,
      FAKETIME_TIMESTAMP_FILE: file,
      FAKETIME_NO_CACHE: '1',
      // The older of two names, which all versions know.
      DONT_FAKE_MONOTONIC: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
    },
    set(offsetMs) {
      // A file that is half written would be read as another time.
      writeFileSync(`${file}.new`, `${offsetMs < 0 ? '-' : '+'}${Math.abs(offsetMs) / 1000}\n`);
      renameSync(`${file}.new`, file);
    },
  };
  clock.set(offMs);
  return clock;
}

/** What the library shares with a program's children stays where the program was killed. */
function removeLeftovers(): void {
  const names = existsSync(SHARED) ? readdirSync(SHARED) : [];
  for (const name of names) {
    const pid = /^(?:sem\.)?faketime_(?:sem|shm)_([0-9]+)$/.exec(name)?.[1];
    if (pid !== undefined && !existsSync(`/proc/${pid}`)) rmSync(join(SHARED, name), { force: true });
  }
}
