// A requester whose subject for replies somebody floods: what it verifies, what it holds, and what it hands on.

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type * as MessageModule from '../../src/protocol/message.ts';
import { createSystemClock } from '../../src/signal/clock.ts';
import { Request } from '../../src/signal/request.ts';
import { planRequest } from '../../src/signal/request-plan.ts';
import { FakeTransport } from '../helpers/fake-transport.ts';
import { createManyKeys, forgeMessage, spoilSignature, type TestKeys } from '../helpers/forge.ts';
import { loadedConfig } from '../helpers/loaded-config.ts';

/** What is verified, and whether that ever ends. */
const verifying = vi.hoisted(() => ({ count: 0, hangs: false }));

vi.mock('../../src/protocol/message.ts', async (importOriginal) => {
  const original = await importOriginal<typeof MessageModule>();
  return {
    ...original,
    verifyMessage: (message: MessageModule.ParsedMessage) => {
      verifying.count++;
      return verifying.hangs ? new Promise(() => {}) : original.verifyMessage(message);
    },
  };
});

beforeEach(() => {
  verifying.count = 0;
  verifying.hangs = false;
});

const MAX_PAYLOAD_BYTES = new FakeTransport().maxPayloadBytes;

const reply = (keys: TestKeys, payload = '0,honest') =>
  forgeMessage(keys, { destination: '', verb: 'reply', payload, quick: true });

/** Replies in somebody's name, each with other bytes, and none signed by him. */
function forgeMany(keys: TestKeys, count: number, payload = '0,evil'): Buffer[] {
  const forged = spoilSignature(reply(keys, payload));
  return Array.from({ length: count }, (_, i) => Buffer.concat([forged, Buffer.from(`${i}`)]));
}

/** A request to `asked` hosts; others are known and not asked. */
async function ask(asked: number, others = 0) {
  const keys = createManyKeys(asked + others);
  const peers = keys.map(({ publicKey }, i) => `${i < asked ? 'com' : 'org'}.h${i} ${publicKey} []`);
  const config = await loadedConfig({ peers });
  const plan = planRequest(config, { destination: 'com.*' });
  const transport = new FakeTransport();
  const notices: string[] = [];
  const clock = createSystemClock();
  const request = new Request(config, plan, transport, clock, ({ text }) => notices.push(text), undefined);
  const deliver = (...replies: Uint8Array[]) => {
    for (const data of replies) transport.deliver({ data });
  };
  const take = async (count: number) => {
    const taken: string[] = [];
    for await (const { destination } of request) if (taken.push(destination) === count) break;
    return taken;
  };
  return { keys: keys as [TestKeys, TestKeys, ...TestKeys[]], request, notices, deliver, take };
}

describe('twenty thousand forged replies in the names of ten hosts', () => {
  it('do not hide the replies of fifty others', async () => {
    const { keys, deliver, take } = await ask(60);
    const forged = keys.slice(50).map((own) => forgeMany(own, 2000));
    deliver(...Array.from({ length: 20_000 }, (_, i) => forged[i % 10]?.[Math.floor(i / 10)] as Buffer));
    deliver(...keys.slice(0, 50).map((own) => reply(own)));
    expect(await take(50)).toEqual(Array.from({ length: 50 }, (_, i) => `com.h${i}`));
    // Fewer than came: the honest ones did not wait for all that could be verified.
    expect(verifying.count).toBeLessThan(1500);
  });

  it('do not hide those of the asked when they are in the names of hosts that were not', async () => {
    const { keys, deliver, take } = await ask(2, 10);
    for (const own of keys.slice(2)) deliver(...forgeMany(own, 2000));
    deliver(reply(keys[0]), reply(keys[1]));
    expect(await take(2)).toEqual(['com.h0', 'com.h1']);
  });
});

describe('a host that answers without end, with good signatures', () => {
  it('is heard once, and nothing that comes later is verified', async () => {
    const { keys, deliver, take, request } = await ask(2);
    deliver(reply(keys[0]));
    await vi.waitFor(() => expect(request.waiting).toBe(1));
    deliver(...Array.from({ length: 2000 }, (_, i) => reply(keys[0], `0,again ${i}`)));
    deliver(reply(keys[1]));
    expect(await take(3)).toEqual(['com.h0', 'com.h1']);
    expect(verifying.count).toBe(2);
  });

  it('is heard once, and nothing that waits then is verified', async () => {
    const { keys, deliver, take, notices } = await ask(2);
    const copies = Array.from({ length: 300 }, (_, i) => reply(keys[0], `0,again ${i}`));
    deliver(...copies);
    const underWay = verifying.count;
    expect(underWay).toBeLessThan(copies.length);
    deliver(reply(keys[1]));
    expect(await take(3)).toEqual(['com.h0', 'com.h1']);
    expect(verifying.count).toBe(underWay + 1);
    expect(notices.at(-1)).toBe('reply dropped: a second one: 299 in all');
  });
});

describe('what is held of replies of the largest size', () => {
  const LARGE = `0,${'x'.repeat(MAX_PAYLOAD_BYTES - 300)}`;

  /** Bytes of all buffers once garbage has been collected, in numbers of the largest reply. */
  function countHeld(): number {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    collect();
    return process.memoryUsage().arrayBuffers / MAX_PAYLOAD_BYTES;
  }

  /** Waits until no more is held than that beyond what was before: one collection does not find everything. */
  const untilHeld = (most: number, before: number) =>
    vi.waitFor(() => expect(countHeld() - before).toBeLessThanOrEqual(most), 10_000);

  it('is no more than one of each responder and four, while they come faster than they are verified', async () => {
    verifying.hangs = true;
    const { keys, deliver, request } = await ask(4, 4);
    const before = countHeld();
    keys.forEach((own) => {
      deliver(...forgeMany(own, 20, LARGE));
    });
    await untilHeld(4 + 4, before);
    expect(request.waiting).toBe(0);
  });

  it('is no more while the consumer takes none, whoever answers without having been asked', async () => {
    const { keys, deliver, take, request, notices } = await ask(2, 9);
    const before = countHeld();
    const unasked = keys.slice(2);
    for (const [i, own] of unasked.entries()) {
      deliver(reply(own, LARGE));
      await vi.waitFor(() => expect(request.waiting + notices.length).toBe(i + 1), 10_000);
    }
    deliver(reply(keys[0], LARGE));
    await vi.waitFor(() => expect(request.waiting).toBe(2), 10_000);
    await untilHeld(2 + 4, before);
    expect(notices[0]).toBe(
      'reply dropped: too many of hosts that were not asked wait already: claims to be from org.h3',
    );
    expect(await take(2)).toEqual(['org.h2', 'com.h0']);
  }, 60_000);

  it('is none of what arrived with it', async () => {
    verifying.hangs = true;
    const { keys, deliver } = await ask(2);
    const before = countHeld();
    for (let i = 0; i < 20; i++) {
      const chunk = Buffer.alloc(MAX_PAYLOAD_BYTES);
      const small = reply(keys[0]);
      chunk.set(small);
      deliver(chunk.subarray(0, small.length));
    }
    await untilHeld(2, before);
  });
});
