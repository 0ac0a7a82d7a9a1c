import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

// What the tests' receivers accept is none of this user's business.
const state = mkdtempSync(join(tmpdir(), 'remaphore-state-'));
process.env['XDG_STATE_HOME'] = state;
process.on('exit', () => rmSync(state, { recursive: true, force: true }));

const SETUP = ['test/helpers/own-state.ts'];

export default defineConfig({
  test: {
    // The end-to-end tests mostly wait for other processes.
    maxWorkers: 6,
    projects: [
      {
        test: {
          name: 'unit',
          setupFiles: SETUP,
          include: ['test/**/*.test.ts'],
          exclude: ['test/e2e/**', 'test/long/**'],
          testTimeout: 20_000,
        },
      },
      {
        test: {
          name: 'e2e',
          setupFiles: SETUP,
          include: ['test/e2e/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      // Only with `npm run test:long`, which sets this.
      ...(process.env['REMAPHORE_LONG']
        ? [{ test: { name: 'long', setupFiles: SETUP, include: ['test/long/**/*.test.ts'] } }]
        : []),
    ],
  },
});
