// Many messages that are kept while brokers are killed in turn, and what the history has of them.

import type { History, Node } from '../../src/index.ts';
import { startCluster } from './cluster.ts';
import { library } from './library.ts';
import { createNetwork, type TestNode } from './network.ts';
import { run } from './program.ts';

/** How many are sent at a time. */
const IN_FLIGHT = 8;
const STREAM = 'remaphore-history';

/** What was said of the messages, and what is there. */
export interface Outcome {
  /** of each message that was said to be kept, its payload */
  kept: string[];
  /** of each that was given up, its payload: it may be there or not */
  uncertain: string[];
  /** of each that is in the history, in order; a copy of one stands in `copies` as well */
  stored: string[];
  copies: string[];
  kills: number;
}

/**
 * Sends numbered messages to a cluster of three whose servers are killed and started again, one after the other.
 *
 * @param count how many at least: it goes on until each server has been killed
 * @param killEvery a server is killed each time that so many more are kept, and the last one is up again
 * @param timeoutMs after which one is given up
 */
export async function keepThroughKills(count: number, killEvery: number, timeoutMs: number): Promise<Outcome> {
  await using cluster = await startCluster();
  using network = createNetwork(cluster.urls, [{ destination: 'com.x.left', lines: 'allow_skew: 60s' }]);
  const [left] = network.nodes as [TestNode];
  const create = ['history', 'create', '--replicas', '3', '-t', '20s'];
  const { exitCode, stderr } = await run(left.config, create);
  if (exitCode !== 0) throw new Error(stderr);
  await cluster.settled(STREAM);
  const node = await library.connect(await library.loadConfig(left.config));
  try {
    const outcome: Outcome = { kept: [], uncertain: [], stored: [], copies: [], kills: 0 };
    let killing: Promise<void> | undefined;
    let killAt = killEvery;
    const onKept = () => {
      if (killing !== undefined || outcome.kept.length < killAt) return;
      const server = cluster.servers[outcome.kills++ % 3] as (typeof cluster.servers)[number];
      killing = (async () => {
        await server.kill();
        await server.start();
        await cluster.settled(STREAM);
        killAt = outcome.kept.length + killEvery;
        killing = undefined;
      })();
    };
    const isOver = (sent: number) => sent >= count && outcome.kills >= cluster.servers.length;
    await sendAll(node, isOver, timeoutMs, outcome, onKept);
    await killing;
    await readAll(await node.history(), outcome);
    return outcome;
  } finally {
    await node.close();
  }
}

async function sendAll(
  node: Node,
  isOver: (sent: number) => boolean,
  timeoutMs: number,
  { kept, uncertain }: Outcome,
  onKept: () => void,
): Promise<void> {
  let next = 0;
  const work = async () => {
    while (!isOver(next)) {
      const payload = `${next++}`;
      try {
        await node.send({ payload, keep: true, signal: AbortSignal.timeout(timeoutMs) });
        kept.push(payload);
        onKept();
      } catch {
        uncertain.push(payload);
      }
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, work));
}

async function readAll(history: History, { stored, copies }: Outcome): Promise<void> {
  for await (const { message, isCopy } of history) {
    const payload = Buffer.from(message?.payload ?? '').toString();
    stored.push(payload);
    if (isCopy) copies.push(payload);
  }
}
