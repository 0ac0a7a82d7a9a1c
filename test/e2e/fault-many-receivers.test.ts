// With 200: test/long/many-receivers.test.ts.

import { expect, it } from 'vitest';
import { describeOutcome, signalMany } from '../helpers/many-receivers.ts';

it('40 receivers on one host each run their script once for one message, and end with 0', async () => {
  const outcome = await signalMany(40);
  process.stderr.write(describeOutcome(outcome));
  expect(new Set(outcome.ran).size).toBe(40);
  expect(outcome.ran).toHaveLength(40);
  const asItShould = { exitCode: 0, stdout: '', stderr: 'remaphore: ready\n' };
  expect(outcome.ended).toEqual(Array.from({ length: 40 }, () => asItShould));
});
