import { expect } from 'vitest';
import type { Onslaught } from './onslaught.ts';

const DROPPED = 'message dropped: they arrive faster than signatures can be verified';

/** Asserts that each honest message had its script, in order, nothing else had, and the receiver has counted everything. */
export function expectUnharmed(outcome: Onslaught, { honest, hostile }: { honest: number; hostile: number }): void {
  const { ran, exitCode, warnings } = outcome;
  expect(exitCode).toBe(0);
  expect(ran).toEqual(Array.from({ length: honest }, (_, i) => `${i}`));
  expect(outcome.hostile).toBeGreaterThanOrEqual(hostile);
  expect(warnings.filter((text) => !text.startsWith(DROPPED))).toEqual([]);

  // What passes every check but the last one may be dropped instead of verified, and nothing else may.
  const { replay = 0, 'bad-signature': bad = 0, ...sent } = outcome.sent;
  const { replay: copies = 0, 'bad-signature': refused = 0, unverified = 0, ...others } = outcome.refused;
  expect(others).toEqual(sent);
  expect(copies + refused + unverified).toBe(replay + bad);
  expect(copies).toBeLessThanOrEqual(replay);
  expect(refused).toBeLessThanOrEqual(bad);
}
