// The server's word that nobody is subscribed comes on the subject for replies: when it is believed.

import { beforeAll, describe, expect, it } from 'vitest';
import { createSystemClock } from '../../src/signal/clock.ts';
import { Request } from '../../src/signal/request.ts';
import { planRequest } from '../../src/signal/request-plan.ts';
import type { Transport } from '../../src/transport/transport.ts';
import { FakeTransport } from '../helpers/fake-transport.ts';
import { type Config, loadedConfig } from '../helpers/loaded-config.ts';

let config: Config;

beforeAll(async () => {
  config = await loadedConfig();
});

function ask(transport: Transport, signal?: AbortSignal): Request {
  return new Request(config, planRequest(config, {}), transport, createSystemClock(), () => {}, signal);
}

const NOBODY = { noResponders: true };

describe('the word that nobody listens', () => {
  it('is believed when the server said it of the attempt that it took, and ends the request', async () => {
    const transport = new FakeTransport(async ({ onAttempt }) => {
      onAttempt?.();
      transport.deliver(NOBODY);
    });
    const request = ask(transport);
    expect(await request.sent).toEqual({ nobodyListens: true });
    expect(await request[Symbol.asyncIterator]().next()).toEqual({ done: true, value: undefined });
  });

  it('is not believed of an attempt after the one that it was said of', async () => {
    const transport = new FakeTransport(async ({ onAttempt }) => {
      onAttempt?.();
      transport.deliver(NOBODY);
      onAttempt?.();
    });
    expect(await ask(transport).sent).toEqual({ nobodyListens: false });
  });

  it('is believed of the last attempt when it was said of that one too', async () => {
    const transport = new FakeTransport(async ({ onAttempt }) => {
      for (let attempt = 0; attempt < 2; attempt++) {
        onAttempt?.();
        transport.deliver(NOBODY);
      }
    });
    expect(await ask(transport).sent).toEqual({ nobodyListens: true });
  });

  it('is not believed once the server has the request, so that nobody else can end it', async () => {
    const transport = new FakeTransport();
    const ending = new AbortController();
    const request = ask(transport, ending.signal);
    expect(await request.sent).toEqual({ nobodyListens: false });
    let hasEnded = false;
    const end = request[Symbol.asyncIterator]()
      .next()
      .then(() => {
        hasEnded = true;
      });
    transport.deliver(NOBODY);
    await new Promise(setImmediate);
    expect(hasEnded).toBe(false);
    ending.abort();
    await end;
  });
});
