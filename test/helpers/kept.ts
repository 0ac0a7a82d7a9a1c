// Hosts by a server that keeps what they send.

import type { NatsConnection } from 'nats';
import { onTestFinished } from 'vitest';
import type { Node, ReceivedMessage, ReceiveOptions, Receiver } from '../../src/index.ts';
import { type ForgedFields, forgeMessage } from './forge.ts';
import { library } from './library.ts';
import type { TestNode } from './network.ts';
import { run } from './program.ts';
import { openSite, type Site, withClient } from './site.ts';

/** Two hosts that know each other and a third with few powers, and channels that are kept. */
export interface KeptSite extends Site {
  /** a raw connection, a new one for each test */
  client: NatsConnection;
  left: TestNode;
  right: TestNode;
  /** may use ping alone */
  limited: TestNode;
  /** Publishes any bytes on a channel; resolves when they are stored. */
  publish(channel: string, ...messages: Uint8Array[]): Promise<void>;
  /** A message of the left host's. */
  message(fields?: ForgedFields): Buffer;
  /** Makes a channel of its own for a test, which is kept. */
  createChannel(...words: string[]): Promise<string>;
  /** A connected node that ends with the test. */
  connect(node: TestNode): Promise<Node>;
  /** Starts to receive in the library; ends with the test. */
  receive(node: TestNode, options: ReceiveOptions): Promise<Receiver>;
}

/** Has one server, and hosts by it, serve all tests of a file. */
export function openKeptSite(lines = ''): KeptSite {
  const hosts = ['left', 'right'].map((name) => ({ destination: `com.crypto.us.${name}`, lines }));
  const limited = { destination: 'com.crypto.us.limited', verbs: 'ping', lines };
  const plain = withClient(openSite([...hosts, limited], '', { jetStream: true }));
  const [left, right, third] = plain.nodes as [TestNode, TestNode, TestNode];
  const site = plain as unknown as KeptSite;
  Object.assign(site, { left, right, limited: third });
  let channels = 0;

  site.publish = async (channel, ...messages) => {
    for (const message of messages) plain.client.publish(`remaphore.${channel}`, message);
    await plain.client.flush();
  };
  site.message = (fields) => forgeMessage(left.keys, fields);
  site.createChannel = async (...words) => {
    const channel = `channel${++channels}`;
    const { exitCode, stderr } = await run(left.config, ['history', 'create', '-S', channel, ...words]);
    if (exitCode !== 0) throw new Error(stderr);
    return channel;
  };
  site.connect = async ({ config }) => {
    const node = await library.connect(await library.loadConfig(config));
    onTestFinished(() => node.close());
    return node;
  };
  site.receive = async (node, options) => {
    const receiver = (await site.connect(node)).receive(options);
    await receiver.ready;
    return receiver;
  };
  return site;
}

/** Takes so many messages, as their payloads' text. */
export async function takePayloads(messages: AsyncIterator<ReceivedMessage>, count: number): Promise<string[]> {
  const payloads: string[] = [];
  while (payloads.length < count) {
    const { done, value } = await messages.next();
    if (done) throw new Error(`it ended after ${payloads.length} of ${count}`);
    payloads.push(Buffer.from(value.payload).toString());
  }
  return payloads;
}
