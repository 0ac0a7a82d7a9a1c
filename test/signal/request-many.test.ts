// More hosts than there is usually room for, which all answer at once.

import { expect, it } from 'vitest';
import { createSystemClock } from '../../src/signal/clock.ts';
import { Request } from '../../src/signal/request.ts';
import { planRequest } from '../../src/signal/request-plan.ts';
import { FakeTransport } from '../helpers/fake-transport.ts';
import { createManyKeys, forgeMessage } from '../helpers/forge.ts';
import { loadedConfig } from '../helpers/loaded-config.ts';

const HOSTS = 10_000;

it('a request gets the reply of each of ten thousand hosts that answer at once, in their order, and loses none', async () => {
  const keys = createManyKeys(HOSTS);
  const config = await loadedConfig({ peers: keys.map(({ publicKey }, i) => `com.x.h${i} ${publicKey} []`) });
  const replies = keys.map((own, i) =>
    forgeMessage(own, { destination: '', verb: 'reply', payload: `0,${i}`, quick: true }),
  );
  const transport = new FakeTransport();
  const notices: string[] = [];
  const clock = createSystemClock();
  const request = new Request(
    config,
    planRequest(config, {}),
    transport,
    clock,
    ({ text }) => notices.push(text),
    undefined,
  );
  for (const data of replies) transport.deliver({ data });
  const printed: string[] = [];
  for await (const { destination, output } of request) printed.push(`${destination} ${Buffer.from(output)}`);
  expect(printed).toEqual(keys.map((_, i) => `com.x.h${i} ${i}`));
  expect(notices).toEqual([]);
}, 60_000);
