// A million hostile messages, and a thousand honest ones between them; ONSLAUGHT_PACE: how many forged signatures a second.

import { expect, it } from 'vitest';
import { attackReceiver } from '../helpers/onslaught.ts';
import { expectUnharmed } from '../helpers/onslaught-outcome.ts';

const LIMIT_MS = 600_000;
const MAX_GROWTH_MIB = 20;
const PACE = Number(process.env['ONSLAUGHT_PACE'] ?? 10_000);

it(
  'of 1,000,000 hostile messages none has a script run, and of 1,000 honest ones between them each has, in order',
  async () => {
    const outcome = await attackReceiver({
      cheap: 850_000,
      forged: 150_000,
      forgedPace: PACE,
      honest: 1000,
      limitMs: LIMIT_MS,
    });
    const { ran, ...figures } = outcome;
    process.stderr.write(`${ran.length} scripts ran; ${JSON.stringify(figures, undefined, 2)}\n`);
    expectUnharmed(outcome, { honest: 1000, hostile: 1_000_000 });
    expect(outcome.peakMiB - outcome.warmMiB).toBeLessThanOrEqual(MAX_GROWTH_MIB);
  },
  LIMIT_MS,
);
