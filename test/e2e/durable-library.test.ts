// Dealing with messages at least once, in the library.

import { describe, expect, it, onTestFinished } from 'vitest';
import type { ConsumeOptions, DurableMessage, DurableReceiver } from '../../src/index.ts';
import { rejectionOf, transportError, usageError } from '../helpers/failures.ts';
import { openKeptSite } from '../helpers/kept.ts';

const site = openKeptSite();

async function consume(channel: string, options: Partial<ConsumeOptions> = {}): Promise<DurableReceiver> {
  const node = await site.connect(site.right);
  const receiver = await node.consume({ name: 'work', channel, ...options });
  onTestFinished(async () => {
    await receiver.return();
  });
  return receiver;
}

async function take(receiver: DurableReceiver): Promise<DurableMessage> {
  const { done, value } = await receiver.next();
  if (done) throw new Error('it ended');
  return value;
}

const text = ({ payload }: DurableMessage) => Buffer.from(payload).toString();

describe('a node that consumes', () => {
  it('is given a message again until it says that it is done', async () => {
    const channel = await site.createChannel();
    const receiver = await consume(channel);
    await site.publish(channel, site.message({ payload: 'a' }), site.message({ payload: 'b' }));
    const a = await take(receiver);
    expect([text(a), a.attempt]).toEqual(['a', 1]);
    await a.giveBack();
    const [next, after] = [await take(receiver), await take(receiver)].sort((one, two) =>
      text(one).localeCompare(text(two)),
    );
    expect([next, after].map((message) => message && [text(message), message.attempt])).toEqual([
      ['a', 2],
      ['b', 1],
    ]);
    await next?.done();
    expect(await after?.failed(1)).toEqual({ kind: 'again', delayMs: 1000 });
    expect((await take(receiver)).attempt).toBe(2);
  });

  it('sets aside what failed too often, finds it there, and has it run again', async () => {
    const channel = await site.createChannel();
    const receiver = await consume(channel, { retries: 0 });
    await site.publish(channel, site.message({ payload: 'doomed' }));
    const message = await take(receiver);
    expect(await message.failed(7)).toEqual({ kind: 'set-aside' });
    const node = await site.connect(site.left);
    const { failures } = await node.failures();
    expect(failures.find(({ id }) => id === message.id)).toMatchObject({ attempts: 1, exitCode: 7 });
    expect(await node.retry(message.id)).toMatchObject({ id: message.id });
    const again = await take(receiver);
    expect([again.id, again.attempt]).toEqual([message.id, 1]);
    await again.done();
    expect((await node.failures()).failures.some(({ id }) => id === message.id)).toBe(false);
  });

  it('ends without an error when its signal is aborted, and gives back what it had not handed out', async () => {
    const channel = await site.createChannel();
    const stop = new AbortController();
    const receiver = await consume(channel, { signal: stop.signal });
    const next = receiver.next();
    stop.abort();
    expect(await next).toEqual({ done: true, value: undefined });
    await site.publish(channel, site.message({ payload: 'a' }));
    expect(text(await take(await consume(channel)))).toBe('a');
  });

  it('fails when the history is deleted under it', async () => {
    const channel = await site.createChannel();
    const node = await site.connect(site.right);
    const receiver = await consume(channel);
    const next = receiver.next();
    await (await node.store()).remove('remaphore-history');
    expect(await rejectionOf(next)).toEqual(transportError('no-stream'));
  });

  it('refuses a name that cannot be one, and reports what it refuses', async () => {
    const channel = await site.createChannel();
    const node = await site.connect(site.right);
    expect(await rejectionOf(node.consume({ name: 'a.b', channel }))).toEqual(usageError('option', /durable name/));
    const reasons: string[] = [];
    const receiver = await consume(channel, { verbs: ['deploy'], onRefused: (reason) => reasons.push(reason) });
    await site.publish(channel, site.message(), site.message({ verb: 'deploy' }));
    await (await take(receiver)).done();
    expect(reasons).toEqual(['other-verb']);
    expect([...receiver.refused]).toEqual([['other-verb', 1]]);
  });
});
