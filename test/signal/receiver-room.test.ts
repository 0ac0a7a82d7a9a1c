// What a receiver has no room for is dropped and counted: with what it refused and accepted that is all that arrived.

import { beforeAll, expect, it, vi } from 'vitest';
import type { Config } from '../../src/config/config.ts';
import { createSystemClock } from '../../src/signal/clock.ts';
import { Receiver } from '../../src/signal/receive.ts';
import { planReceive } from '../../src/signal/receive-plan.ts';
import { OTHER } from '../helpers/config-text.ts';
import { FakeTransport } from '../helpers/fake-transport.ts';
import { forgeMessage, spoilSignature } from '../helpers/forge.ts';
import { loadedConfig } from '../helpers/loaded-config.ts';

const MEBIBYTE = 2 ** 20;

let config: Config;

beforeAll(async () => {
  config = await loadedConfig();
});

function createReceiver() {
  const transport = new FakeTransport();
  const notices: string[] = [];
  const ending = new AbortController();
  const receiver = new Receiver(
    config,
    planReceive(config, {}),
    transport,
    createSystemClock(),
    ({ text }) => notices.push(text),
    { signal: ending.signal },
  );
  const sum = () => [...receiver.refused.values()].reduce((total, count) => total + count, 0);
  return { transport, notices, receiver, sum, ending };
}

it('counts what came faster than it can be verified, and refuses the rest for its signature', async () => {
  const { transport, notices, receiver, sum } = createReceiver();
  const forged = spoilSignature(forgeMessage(OTHER, { payload: 'evil' }));
  for (let i = 0; i < 20_000; i++) transport.deliver({ data: forged });
  const dropped = receiver.refused.get('unverified') as number;
  expect(dropped).toBeGreaterThan(10_000);
  await vi.waitFor(() => expect(sum()).toBe(20_000), 15_000);
  expect(receiver.refused).toEqual(
    new Map([
      ['unverified', dropped],
      ['bad-signature', 20_000 - dropped],
    ]),
  );
  expect(notices[0]).toBe('message dropped: they arrive faster than signatures can be verified');
});

it('counts what waits to be verified when it ends', () => {
  const { transport, receiver, ending } = createReceiver();
  for (let i = 0; i < 100; i++) transport.deliver({ data: forgeMessage(OTHER, { payload: `${i}`, quick: true }) });
  ending.abort();
  expect(receiver.refused).toEqual(new Map([['unverified', 100]]));
});

it('holds 64 MiB of payloads that were accepted, and counts what it has no room for', async () => {
  const { transport, notices, receiver, sum } = createReceiver();
  const payload = Buffer.alloc(4 * MEBIBYTE, 'x');
  for (let i = 1; i <= 20; i++) {
    transport.deliver({ data: forgeMessage(OTHER, { payload, quick: true }) });
    await vi.waitFor(() => expect(receiver.waiting + sum()).toBe(i), 4000);
  }
  expect(receiver.waiting).toBe(16);
  expect(receiver.refused).toEqual(new Map([['no-room', 4]]));
  expect(notices).toEqual(Array(4).fill('message dropped: 64 MiB are waiting already'));
});

it('does not hold the piece that was read from the connection with a message in it', async () => {
  const { transport, receiver } = createReceiver();
  const message = forgeMessage(OTHER, { payload: 'small', quick: true });
  const piece = Buffer.alloc(MEBIBYTE);
  message.copy(piece, 1000);
  transport.deliver({ data: piece.subarray(1000, 1000 + message.length) });
  const { value } = await receiver[Symbol.asyncIterator]().next();
  expect(Buffer.from(value.payload).toString()).toBe('small');
  expect(value.payload.buffer.byteLength).toBeLessThan(MEBIBYTE);
});
