// What takes minutes; npm run test:long.

import { expect, it } from 'vitest';
import { keepThroughKills } from '../helpers/keep-through.ts';

const COUNT = 10_000;

it('10,000 messages are kept while brokers are killed in turn: each is in the history, and none twice', async () => {
  const { kept, uncertain, stored, copies, kills } = await keepThroughKills(COUNT, 1000, 60_000);
  process.stderr.write(`${kept.length} kept, ${uncertain.length} uncertain, ${kills} brokers killed\n`);
  expect(kept.length).toBeGreaterThan(COUNT * 0.99);
  expect(kills).toBeGreaterThanOrEqual(3);
  expect(copies).toEqual([]);
  expect(new Set(stored).size).toBe(stored.length);
  const there = new Set(stored);
  expect(kept.filter((payload) => !there.has(payload))).toEqual([]);
}, 900_000);
