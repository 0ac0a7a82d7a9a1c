// In short: test/e2e/fault-many-receivers.test.ts.

import { expect, it } from 'vitest';
import { describeOutcome, signalMany } from '../helpers/many-receivers.ts';

const COUNT = 200;

it('200 receivers on one host each run their script once for one message, and end with 0', async () => {
  const outcome = await signalMany(COUNT);
  process.stderr.write(describeOutcome(outcome));
  expect(new Set(outcome.ran).size).toBe(COUNT);
  expect(outcome.ran).toHaveLength(COUNT);
  const asItShould = { exitCode: 0, stdout: '', stderr: 'remaphore: ready\n' };
  expect(outcome.ended).toEqual(Array.from({ length: COUNT }, () => asItShould));
}, 300_000);
