// A receiver that can remember no more messages drops further ones, and says so.

import { beforeAll, expect, it, vi } from 'vitest';
import type { Config } from '../../src/config/config.ts';
import { createSystemClock } from '../../src/signal/clock.ts';
import type { Notice } from '../../src/signal/notice.ts';
import { Receiver } from '../../src/signal/receive.ts';
import { planReceive } from '../../src/signal/receive-plan.ts';
import type * as ReplayMemoryModule from '../../src/signal/replay-memory.ts';
import { OTHER } from '../helpers/config-text.ts';
import { FakeTransport } from '../helpers/fake-transport.ts';
import { forgeMessage } from '../helpers/forge.ts';
import { loadedConfig } from '../helpers/loaded-config.ts';

// The real memory holds half a million messages, which would take minutes to sign.
vi.mock('../../src/signal/replay-memory.ts', async (importOriginal) => {
  const { ReplayMemory } = await importOriginal<typeof ReplayMemoryModule>();
  return {
    ReplayMemory: class extends ReplayMemory {
      constructor(skewMs: number) {
        super(skewMs, 1);
      }
    },
  };
});

const DROPPED: Notice = { kind: 'loss', text: 'message dropped: too many to remember' };

let config: Config;

beforeAll(async () => {
  config = await loadedConfig();
});

/** A receiver with room for one message, and what it tells. */
function createReceiver() {
  const transport = new FakeTransport();
  const notices: Notice[] = [];
  const onNotice = vi.fn((notice: Notice) => {
    notices.push(notice);
  });
  const plan = planReceive(config, {});
  const receiver = new Receiver(config, plan, transport, createSystemClock(), onNotice, {});
  return { transport, notices, onNotice, messages: receiver[Symbol.asyncIterator](), receiver };
}

const forge = (payload: string) => forgeMessage(OTHER, { payload });

it('tells of a message that comes when the memory is full', async () => {
  const { transport, notices, messages } = createReceiver();
  transport.deliver({ data: forge('first') });
  await messages.next();
  transport.deliver({ data: forge('second') });
  expect(notices).toEqual([DROPPED]);
});

it('tells of a message that was being verified when the memory filled up, and hands on the first alone', async () => {
  const { transport, notices, onNotice, messages, receiver } = createReceiver();
  transport.deliver({ data: forge('first') });
  transport.deliver({ data: forge('second') });
  await vi.waitFor(() => expect(onNotice).toHaveBeenCalled(), 4000);
  expect(notices).toEqual([DROPPED]);
  const { value } = await messages.next();
  expect(Buffer.from(value.payload).toString()).toBe('first');
  expect(receiver.waiting).toBe(0);
});

it('does not tell of a copy of what it remembers', async () => {
  const { transport, notices, messages } = createReceiver();
  const data = forge('first');
  transport.deliver({ data });
  await messages.next();
  transport.deliver({ data });
  expect(notices).toEqual([]);
});
