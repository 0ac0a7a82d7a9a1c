// What test/long/onslaught.test.ts does with a million messages.

import { expect, it } from 'vitest';
import { attackReceiver } from '../helpers/onslaught.ts';
import { expectUnharmed } from '../helpers/onslaught-outcome.ts';

/** Half as much again as it has after a million; a third of it is there before the first message. */
const MAX_MIB = 256;

it('of 30,000 hostile messages none has a script run, and of 100 honest ones between them each has, in order', async () => {
  const outcome = await attackReceiver({
    cheap: 24_000,
    forged: 6000,
    forgedPace: 10_000,
    honest: 100,
    limitMs: 50_000,
  });
  expectUnharmed(outcome, { honest: 100, hostile: 30_000 });
  expect(outcome.peakMiB).toBeLessThanOrEqual(MAX_MIB);
});
