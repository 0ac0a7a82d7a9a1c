// The seam between what was kept and what comes, while messages come all the time.

import { describe, expect, it, onTestFinished } from 'vitest';
import type { Node, Receiver } from '../../src/index.ts';
import { startCluster } from '../helpers/cluster.ts';
import { takePayloads } from '../helpers/kept.ts';
import { library } from '../helpers/library.ts';
import { createNetwork, type TestNode } from '../helpers/network.ts';
import { run } from '../helpers/program.ts';
import { startServer } from '../helpers/server.ts';

const STREAM = 'remaphore-history';
const HOUR_MS = 3_600_000;
/** A message that had to wait for the broker must still be in time. */
const HOSTS = ['left', 'right'].map((name) => ({ destination: `com.x.${name}`, lines: 'allow_skew: 60s' }));

async function open({ config }: TestNode): Promise<Node> {
  const node = await library.connect(await library.loadConfig(config));
  onTestFinished(() => node.close());
  return node;
}

async function openNodes(urls: string[], ...words: string[]): Promise<[Node, Node]> {
  const network = createNetwork(urls, HOSTS);
  onTestFinished(() => network[Symbol.dispose]());
  const [left, right] = network.nodes as [TestNode, TestNode];
  expect(await run(left.config, ['history', 'create', ...words, '-t', '20s'])).toMatchObject({ exitCode: 0 });
  return [await open(left), await open(right)];
}

const numbers = (count: number) => Array.from({ length: count }, (_, i) => `${i}`);

/** Sends numbered messages that are kept, several at a time; `sent` tells how many are. */
function keepMany(node: Node, count: number, onSent: (sent: number) => void = () => {}): Promise<void> {
  let next = 0;
  let sent = 0;
  const work = async () => {
    while (next < count) {
      await node.send({ payload: `${next++}`, keep: true });
      onSent(++sent);
    }
  };
  return Promise.all(Array.from({ length: 8 }, work)).then(() => {});
}

/** What a receiver has handed over, as it comes, until something comes that is the last. */
async function takeUntil(receiver: Receiver, last: string): Promise<string[]> {
  const payloads: string[] = [];
  for await (const message of receiver) {
    const payload = Buffer.from(message.payload).toString();
    if (payload === last) break;
    payloads.push(payload);
  }
  return payloads;
}

const sorted = (texts: string[]) => [...texts].sort((a, b) => Number(a) - Number(b));

describe('receivers that start while messages come', () => {
  it('each get all of them, once, in order', async () => {
    await using server = await startServer('', { jetStream: true });
    const [left, right] = await openNodes([server.url]);
    const count = 4000;
    const receivers: Receiver[] = [];
    for (let i = 0; i < count; i++) {
      await left.send({ payload: `${i}` });
      if (i % 800 === 400) receivers.push(right.receive({ sinceMs: HOUR_MS }));
    }
    expect(receivers).toHaveLength(5);
    for (const receiver of receivers) {
      expect(await takePayloads(receiver[Symbol.asyncIterator](), count)).toEqual(numbers(count));
    }
  });

  it('get none twice afterwards', async () => {
    await using server = await startServer('', { jetStream: true });
    const [left, right] = await openNodes([server.url]);
    await left.send({ payload: '0' });
    const receiver = right.receive({ sinceMs: HOUR_MS });
    const taking = takeUntil(receiver, 'end');
    for (let i = 1; i < 300; i++) await left.send({ payload: `${i}` });
    await left.send({ payload: 'end' });
    expect(await taking).toEqual(numbers(300));
  });
});

/** Kills brokers while messages are kept and received: before the seam, at it, and behind it. */
async function receiveThroughOutages(
  [left, right]: [Node, Node],
  outage: () => Promise<void>,
  count: number,
): Promise<void> {
  const takings = [takeUntil(right.receive({ sinceMs: HOUR_MS }), 'end')];
  const outages: Promise<void>[] = [];
  await keepMany(left, count, (sent) => {
    if (sent === Math.floor(count / 3)) {
      takings.push(takeUntil(right.receive({ sinceMs: HOUR_MS }), 'end'));
      outages.push(outage());
      // This one starts without a broker.
      takings.push(takeUntil(right.receive({ sinceMs: HOUR_MS }), 'end'));
    }
  });
  takings.push(takeUntil(right.receive({ sinceMs: HOUR_MS }), 'end'));
  await Promise.all(outages);
  await left.send({ payload: 'end', keep: true });
  for (const taking of takings) expect(sorted(await taking)).toEqual(numbers(count));
}

describe('when the broker is killed and comes back', () => {
  it('every receiver gets what is kept, once', async () => {
    await using server = await startServer('', { jetStream: true });
    const nodes = await openNodes([server.url]);
    const outage = async () => {
      await server.stop('SIGKILL');
      await server.start();
    };
    await receiveThroughOutages(nodes, outage, 600);
  });

  it('every receiver gets what is kept, once, from a cluster of three that loses its leader', async () => {
    await using cluster = await startCluster();
    const nodes = await openNodes(cluster.urls, '--replicas', '3');
    await cluster.settled(STREAM);
    const outage = async () => {
      const leader = await cluster.leader(STREAM);
      await leader.kill();
      await leader.start();
    };
    await receiveThroughOutages(nodes, outage, 600);
  });

  it('every receiver gets what is kept, once, also when another one of the three is cut off meanwhile', async () => {
    await using cluster = await startCluster();
    const nodes = await openNodes(cluster.urls, '--replicas', '3');
    await cluster.settled(STREAM);
    const outage = async () => {
      const leader = await cluster.leader(STREAM);
      const other = cluster.servers.find((server) => server !== leader) as (typeof cluster.servers)[number];
      other.pause();
      await leader.kill();
      // Nothing can be kept now: one of three is left.
      await leader.start();
      other.resume();
    };
    await receiveThroughOutages(nodes, outage, 300);
  });
});
