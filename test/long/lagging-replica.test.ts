// A replica that lags behind, and is asked for what it does not have yet. Now and then, on a machine that does much else, this
// takes longer than any limit that is set for a test of the suite.

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type ClusterServer, startCluster, type TestCluster } from '../helpers/cluster.ts';
import { numbered, type OpenStore, openStore, streamSettings } from '../helpers/store.ts';

const LIMIT_MS = 300_000;

let cluster: TestCluster;
let open: OpenStore;

beforeAll(async () => {
  cluster = await startCluster();
}, LIMIT_MS);

afterAll(() => cluster[Symbol.asyncDispose]());

beforeEach(async () => {
  open = await openStore(cluster.urls);
  await open.store.create(streamSettings('s', { replicas: 3 }));
  await cluster.settled('s');
});

afterEach(async () => {
  await open.store.remove('s');
  await open[Symbol.asyncDispose]();
});

async function append({ store }: OpenStore, texts: string[]): Promise<void> {
  for (const id of texts) await store.append('s.a', Buffer.from(id), { stream: 's', id });
}

describe('a stream on three servers', () => {
  it(
    'is read to its end by whichever server, one that lags behind as well',
    async () => {
      const leader = await cluster.leader('s');
      const lagging = cluster.servers.find((server) => server !== leader) as ClusterServer;
      await using beside = await openStore(leader.url);
      await append(beside, numbered('m', 10));
      await lagging.kill();
      // Enough that it takes the server a moment to catch up.
      const data = Buffer.alloc(100_000);
      const rest = Array.from({ length: 300 }, () => beside.store.append('s.a', data, { stream: 's' }));
      await Promise.all(rest);
      await lagging.start();
      for (let round = 0; round < 30; round++) {
        const seqs: number[] = [];
        for await (const { seq, pending } of await beside.store.read('s', 's.a', { seq: 290 })) {
          seqs.push(seq);
          if (pending === 0) break;
        }
        expect(seqs).toEqual(Array.from({ length: 21 }, (_, i) => 290 + i));
      }
      await cluster.settled('s');
    },
    LIMIT_MS,
  );
});
