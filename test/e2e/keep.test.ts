// Sending so that a message is kept for certain.

import { headers } from 'nats';
import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/config/load.ts';
import { hashMessage } from '../../src/protocol/message.ts';
import { Keeper } from '../../src/signal/keep.ts';
import { configText } from '../helpers/config-text.ts';
import { keepThroughKills } from '../helpers/keep-through.ts';
import { openKeptSite } from '../helpers/kept.ts';
import { run, start } from '../helpers/program.ts';
import { openStore } from '../helpers/store.ts';

const site = openKeptSite();
const STREAM = 'remaphore-history';

/** What is kept of a channel, as JSON. */
async function readChannel(channel: string): Promise<Record<string, unknown>[]> {
  const { stdout } = await run(site.right.config, ['history', '--json', '-S', channel]);
  return stdout
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line));
}

describe('sending with --keep', () => {
  it('ends with 3 when nothing is kept, or not this channel', async () => {
    const nothing = await run(site.left.config, ['-s', '--keep', 'x']);
    expect(nothing).toMatchObject({ exitCode: 3, stderr: expect.stringContaining('remaphore history create') });
    await site.createChannel();
    const other = await run(site.left.config, ['-s', '--keep', '-S', 'other', 'x']);
    expect(other).toMatchObject({ exitCode: 3, stderr: expect.stringContaining('remaphore history create -S other') });
  });

  it('ends with 0 once the message is there', async () => {
    const channel = await site.createChannel();
    expect(await run(site.left.config, ['-s', '--keep', '-S', channel, 'hello'])).toMatchObject({ exitCode: 0 });
    expect(await readChannel(channel)).toMatchObject([{ payload: 'hello', verdict: 'valid', copy: false }]);
  });

  it('reaches who listens too', async () => {
    const channel = await site.createChannel();
    const receiver = start(site.right.config, ['-o', '-S', channel, '-t', '20s']);
    await receiver.said('ready');
    await run(site.left.config, ['-s', '--keep', '-S', channel, 'hello']);
    expect(await receiver.finished).toMatchObject({ exitCode: 0, stdout: 'hello\n' });
  });

  it('sends nothing that the server would not take with the headers that it needs', async () => {
    const channel = await site.createChannel();
    const input = Buffer.alloc(1_048_576 - 300, 'x');
    const tooLarge = await run(site.left.config, ['-s', '--keep', '-S', channel, '-'], { input });
    expect(tooLarge).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('the server takes') });
    const most = Number(/takes (\d+) with this message/.exec(tooLarge.stderr)?.[1]);
    // A signature in base58 can be a few characters longer than the last one.
    const args = ['-s', '--keep', '-S', channel, '-'];
    expect(await run(site.left.config, args, { input: input.subarray(0, most - 4) })).toMatchObject({ exitCode: 0 });
    expect(await readChannel(channel)).toHaveLength(1);
  });

  it('ends with 3 when the server is gone, and does not say that the message is not kept', async () => {
    const channel = await site.createChannel();
    await site.server.stop();
    const { exitCode, stderr } = await run(site.left.config, ['-s', '--keep', '-S', channel, '-t', '500ms', 'x']);
    await site.server.start();
    expect({ exitCode, isUnreachable: stderr.includes('no server could be reached') }).toEqual({
      exitCode: 3,
      isUnreachable: true,
    });
  });
});

describe('somebody who wants a message not to be kept', () => {
  it('answers in the broker’s place, and is not believed; it is kept once', async () => {
    const channel = await site.createChannel();
    const subject = `remaphore.${channel}`;
    site.client.subscribe(subject, {
      callback: (_, { reply }) => {
        if (reply) site.client.publish(reply, JSON.stringify({ stream: STREAM, seq: 999_999 }));
      },
    });
    await site.client.flush();
    const node = await site.connect(site.left);
    for (const payload of ['a', 'b', 'c']) await node.send({ channel, payload, keep: true });
    const entries = await readChannel(channel);
    expect(entries.map(({ payload }) => payload)).toEqual(['a', 'b', 'c']);
  });

  it('uses its id for something else first; it is kept all the same', async () => {
    const channel = await site.createChannel();
    const subject = `remaphore.${channel}`;
    const bytes = site.message({ payload: 'mine' });
    const id = headers();
    id.set('Nats-Msg-Id', Buffer.from(hashMessage(bytes)).toString('hex'));
    site.client.publish(subject, 'something else', { headers: id });
    await site.client.flush();
    await using open = await openStore(site.server.url);
    const config = await parseConfig(configText(), 'x.conf');
    const keeper = new Keeper({ ...config, subject: 'remaphore' }, open.transport);
    const keep = () => keeper.keep(subject, channel, bytes, hashMessage(bytes), AbortSignal.timeout(20_000));
    await keep();
    expect((await readChannel(channel)).map(({ payload }) => payload)).toEqual(['something else', 'mine']);
  });

  it('cannot have the same bytes kept twice by making them be sent again', async () => {
    const channel = await site.createChannel();
    const bytes = site.message({ payload: 'again' });
    await using open = await openStore(site.server.url);
    const config = await parseConfig(configText(), 'x.conf');
    for (const _ of [1, 2]) {
      const keeper = new Keeper({ ...config, subject: 'remaphore' }, open.transport);
      const signal = AbortSignal.timeout(20_000);
      await keeper.keep(`remaphore.${channel}`, channel, bytes, hashMessage(bytes), signal);
    }
    expect(await readChannel(channel)).toHaveLength(1);
  });
});

/** A few: test/long keeps ten thousand. */
describe('while the brokers of a cluster are killed in turn', () => {
  it('every message that is said to be kept is in the history, and none twice', async () => {
    const { kept, uncertain, stored, copies, kills } = await keepThroughKills(300, 50, 40_000);
    expect(uncertain).toEqual([]);
    expect(kept.length).toBeGreaterThanOrEqual(300);
    expect(kills).toBeGreaterThanOrEqual(3);
    expect(copies).toEqual([]);
    expect([...stored].sort()).toEqual([...kept].sort());
  }, 150_000);
});
