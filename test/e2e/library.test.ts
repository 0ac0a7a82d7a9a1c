import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ConnectOptions, Node, Notice, ReceivedMessage, Reply } from '../../src/index.ts';
import { library } from '../helpers/library.ts';
import { createNetwork, type TestNode } from '../helpers/network.ts';
import { run, startReady } from '../helpers/program.ts';
import { respondWith } from '../helpers/responders.ts';
import { startServer } from '../helpers/server.ts';
import { openSite } from '../helpers/site.ts';
import { connectRaw } from '../helpers/wire.ts';

const { connect, loadConfig } = library;

const site = openSite(['com.left', 'com.right']);
const [leftHost, rightHost] = site.nodes;
let left: Node;
let right: Node;
const notices: Notice[] = [];

async function open({ config }: TestNode, options?: ConnectOptions): Promise<Node> {
  return connect(await loadConfig(config), options);
}

beforeAll(async () => {
  left = await open(leftHost, { onNotice: (notice) => notices.push(notice) });
  right = await open(rightHost);
});

afterAll(async () => {
  await left.close();
  await right.close();
});

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString();

describe('what the package exports', () => {
  it('is this list of names and nothing else', () => {
    const names = ['ConfigError', 'DEFAULT_CONFIG_FILE', 'StateError', 'TransportError', 'UsageError', 'connect'];
    expect(Object.keys(library).sort()).toEqual([...names, 'loadConfig', 'parseConfig'].sort());
  });
});

describe('sending and receiving', () => {
  it('hands over messages with `for await`, in order, until the signal is aborted', async () => {
    const stop = new AbortController();
    const receiver = right.receive({ signal: stop.signal, channel: 'order' });
    await receiver.ready;
    for (const payload of ['a', 'b', 'c']) await left.send({ channel: 'order', payload });
    const seen: string[] = [];
    for await (const message of receiver) {
      seen.push(text(message.payload));
      if (seen.length === 3) stop.abort();
    }
    expect(seen).toEqual(['a', 'b', 'c']);
  });

  it('says everything that is known of a message', async () => {
    const receiver = right.receive({ channel: 'known' });
    await receiver.ready;
    const sentMs = Date.now();
    await left.send({
      channel: 'known',
      destination: 'com.*',
      verb: 'Deploy',
      uuid: 'abc',
      payload: new Uint8Array([0, 255]),
    });
    const message = await first(receiver);
    expect(message).toMatchObject({
      publicKey: leftHost.keys.publicKey,
      senderDestination: 'com.left',
      destination: 'com.*',
      matchedDestination: 'com.right',
      uuid: Buffer.from('abc').toString('hex'),
      verb: 'deploy',
      wantsReply: false,
    });
    expect([...message.payload]).toEqual([0, 255]);
    expect(message.hash).toHaveLength(32);
    expect(Math.abs(Number(message.timeNs / 1_000_000n) - sentMs)).toBeLessThan(3000);
  });

  it('lets through what the options ask for', async () => {
    const receiver = right.receive({ channel: 'filter', uuid: 'wanted', verbs: ['PING', 'deploy'] });
    await receiver.ready;
    await left.send({ channel: 'filter', uuid: 'other', payload: 'wrong uuid' });
    await left.send({ channel: 'filter', uuid: 'wanted', verb: 'reboot', payload: 'wrong verb' });
    await left.send({ channel: 'filter', uuid: 'wanted', destination: 'org.*', payload: 'wrong destination' });
    await left.send({ channel: 'filter', uuid: 'wanted', payload: 'right' });
    expect(text((await first(receiver)).payload)).toBe('right');
  });

  it('ends at a time limit given as a signal, without an error', async () => {
    const messages: ReceivedMessage[] = [];
    for await (const message of right.receive({ signal: AbortSignal.timeout(100), channel: 'silence' })) {
      messages.push(message);
    }
    expect(messages).toEqual([]);
  });

  it('ends at once when the signal was aborted before', async () => {
    const iterator = right.receive({ signal: AbortSignal.abort() })[Symbol.asyncIterator]();
    expect(await iterator.next()).toEqual({ done: true, value: undefined });
  });

  it('ends the subscription when the loop is left', async () => {
    const receiver = right.receive({ channel: 'left' });
    await receiver.ready;
    await left.send({ channel: 'left' });
    await first(receiver);
    // What the node says next, the server hears after the end of the subscription.
    await right.send({ channel: 'elsewhere' });
    const request = left.request({ channel: 'left', destination: 'com.right', signal: AbortSignal.timeout(20_000) });
    expect(await all(request)).toEqual([]);
    expect(await request.sent).toEqual({ nobodyListens: true });
  });

  it('speaks with the program, both ways', async () => {
    const program = await startReady(rightHost.config, ['-S', 'cli', '-u', 'x', '-t', '20s']);
    await left.send({ channel: 'cli', uuid: 'x', payload: 'by the library' });
    expect((await program.finished).stdout).toBe('by the library\n');
    const receiver = right.receive({ channel: 'cli' });
    await receiver.ready;
    await run(leftHost.config, ['-s', '-S', 'cli', 'by the program']);
    expect(text((await first(receiver)).payload)).toBe('by the program');
  });
});

describe('asking', () => {
  it('hands over the replies, each with its exit code and bytes', async () => {
    const receiver = right.receive({ channel: 'ask' });
    await receiver.ready;
    const request = left.request({ channel: 'ask', destination: 'com.right', payload: 'how' });
    const message = await first(receiver);
    expect(message.wantsReply).toBe(true);
    await message.reply(-7, 'like this\n');
    const [reply, ...others] = await all(request);
    expect(others).toEqual([]);
    expect(reply).toMatchObject({ destination: 'com.right', exitCode: -7, bound: true });
    expect(text(reply?.output as Uint8Array)).toBe('like this\n');
    expect(text(reply?.payload as Uint8Array)).toBe('-7,like this\n');
    expect({ responders: request.responders, missing: request.missing }).toEqual({
      responders: ['com.right'],
      missing: [],
    });
  });

  it('knows who has not answered when the signal ends it', async () => {
    const receiver = right.receive({ channel: 'mute' });
    await receiver.ready;
    const request = left.request({ channel: 'mute', destination: 'com.*', signal: AbortSignal.timeout(300) });
    expect(await all(request)).toEqual([]);
    expect(request.missing).toEqual(['com.left', 'com.right']);
  });

  it('has no exit code for NO_DATA alone, and is not bound to a field node’s reply', async () => {
    const client = await connectRaw(site.server.url);
    await respondWith(client, 'remaphore.field', ({ answer }) => {
      answer(rightHost, 'NO_DATA', { bound: false });
    });
    const [reply] = await all(left.request({ channel: 'field', destination: 'com.right' }));
    expect(reply).toMatchObject({ exitCode: undefined, bound: false });
    await client.close();
  });
});

describe('notices', () => {
  it('tell of what is dropped, without its payload', async () => {
    const client = await connectRaw(site.server.url);
    await respondWith(client, 'remaphore.noisy', ({ raw, answer }) => {
      raw(Buffer.from('confidential'));
      answer(rightHost, '0,ok');
    });
    notices.length = 0;
    expect(await all(left.request({ channel: 'noisy', destination: 'com.right' }))).toHaveLength(1);
    expect(notices).toEqual([{ kind: 'loss', text: 'reply dropped: from an unknown key' }]);
    await client.close();
  });

  it('tell when the connection is lost and when it is back', async () => {
    const told: string[] = [];
    let notify = () => {};
    await using own = await startServer();
    using hosts = createNetwork(own.url, ['com.left']);
    const node = await connect(await loadConfig(hosts.nodes[0]?.config as string), {
      onNotice: ({ kind, text }) => {
        told.push(`${kind}: ${text}`);
        notify();
      },
    });
    const until = async (count: number) => {
      while (told.length < count) await new Promise<void>((resolve) => (notify = resolve));
    };
    expect(node.connected).toBe(true);
    await own.stop();
    await until(1);
    expect(node.connected).toBe(false);
    await own.start();
    await until(2);
    expect(node.connected).toBe(true);
    expect(told).toEqual([
      'connection: connection to the server lost, reconnecting',
      'connection: connected to a server again',
    ]);
    await node.close();
  });
});

describe('closing', () => {
  it('ends every iteration without an error', async () => {
    const node = await open(rightHost);
    const receiver = node.receive({ channel: 'closing' });
    await receiver.ready;
    const request = node.request({ channel: 'closing', destination: 'com.left' });
    await request.sent;
    const ended = Promise.all([all(receiver), all(request)]);
    await node.close();
    expect(await ended).toEqual([[], []]);
    expect(node.connected).toBe(false);
  });

  it('may be done twice', async () => {
    const node = await open(rightHost);
    await node.close();
    await expect(node.close()).resolves.toBeUndefined();
  });

  it('makes a later send fail with TransportError closed', async () => {
    const node = await open(rightHost);
    await node.close();
    await expect(node.send()).rejects.toThrow(expect.objectContaining({ name: 'TransportError', code: 'closed' }));
  });
});

async function first(messages: AsyncIterable<ReceivedMessage>): Promise<ReceivedMessage> {
  for await (const message of messages) return message;
  throw new Error('ended without a message');
}

async function all<T extends Reply | ReceivedMessage>(items: AsyncIterable<T>): Promise<T[]> {
  const taken: T[] = [];
  for await (const item of items) taken.push(item);
  return taken;
}
