import { beforeAll, describe, expect, it } from 'vitest';
import { type ConsumeOptions, parseDurableId, planConsume, retryDelayMs } from '../../src/signal/durable-plan.ts';
import { OTHER } from '../helpers/config-text.ts';
import { usageError } from '../helpers/failures.ts';
import { type Config, loadedConfig } from '../helpers/loaded-config.ts';

let config: Config;

beforeAll(async () => {
  config = await loadedConfig();
});

const consumerOf = (options: Partial<ConsumeOptions> = {}) =>
  planConsume(config, { name: 'work', ...options }).consumer;

describe('a durable consumer', () => {
  it('is another one for each channel, destination and filter', () => {
    const names = [
      consumerOf(),
      consumerOf({ channel: 'other' }),
      consumerOf({ destination: 'com.other' }),
      consumerOf({ anyDestination: true }),
      consumerOf({ publicKey: config.peers[0]?.publicKey ?? OTHER.publicKey }),
      consumerOf({ uuid: 'x' }),
      consumerOf({ verbs: ['a'] }),
      consumerOf({ verbs: ['a', 'b'] }),
      consumerOf({ name: 'work2' }),
    ];
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^work2?-[0-9a-f]{8}$/);
  });

  it('is the same one for the same verbs, however they are written, and for what does not choose messages', () => {
    expect(consumerOf({ verbs: ['b', 'A', 'b'] })).toBe(consumerOf({ verbs: ['a', 'b'] }));
    expect(consumerOf({ sinceMs: 5, retries: 0 })).toBe(consumerOf());
    expect(consumerOf({ destination: config.destination, channel: 'all' })).toBe(consumerOf());
  });

  it.each(['', 'a b', 'a.b', 'ä', 'a*', 'a'.repeat(65)])('cannot be called %j', (name) => {
    expect(() => planConsume(config, { name })).toThrow(
      usageError('option', /durable name .*expected 1 to 64 letters/),
    );
  });

  it.each([-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY])('cannot try again %d times', (retries) => {
    expect(() => planConsume(config, { name: 'work', retries })).toThrow(usageError('option', /retries/));
  });
});

it('tries again after 1 s, 5 s, 30 s, and then each minute', () => {
  expect([1, 2, 3, 4, 5, 100].map(retryDelayMs)).toEqual([1000, 5000, 30_000, 60_000, 60_000, 60_000]);
});

it('the id of a message says its consumer and its place, and nothing else is one', () => {
  expect(parseDurableId('a-b-1a2b3c4d:12')).toEqual({ consumer: 'a-b-1a2b3c4d', seq: 12 });
  for (const id of ['', 'a', 'a:1', 'a-1a2b3c4:1', 'a-1A2B3C4D:1', 'a-1a2b3c4d:', 'a-1a2b3c4d:01', '-1a2b3c4d:1']) {
    expect(parseDurableId(id)).toBeUndefined();
  }
});
