// What a lock costs where nobody else wants it, in round trips of a request and its reply by the same broker.

import { loadConfig } from '../../src/config/load.ts';
import { Lock } from '../../src/coordination/lock.ts';
import { createSystemClock } from '../../src/signal/clock.ts';
import { createNetwork } from '../../test/helpers/network.ts';
import { startServer } from '../../test/helpers/server.ts';
import { openStore } from '../../test/helpers/store.ts';
import { connectRaw } from '../../test/helpers/wire.ts';
import type { Measure } from '../bench.ts';
import { median } from '../statistics.ts';

/** Taken and given back in one round; the first few are not measured. */
const TIMES = 200;
const WARM_UP = 50;
const TTL_MS = 30_000;
const RELEASE_MS = 5000;

export const lockMeasure: Measure = {
  rows: ['lock'],
  inShort: false,
  async run({ results, rounds }) {
    await using server = await startServer('', { jetStream: true });
    using network = createNetwork(server.url, ['com.example.host']);
    await using open = await openStore(server.url);
    const config = await loadConfig(network.nodes[0]?.config as string);
    const lock = await Lock.open({
      config,
      store: open.store,
      clock: createSystemClock(),
      onNotice: () => {},
      name: 'bench',
      verb: 'lock',
    });
    const [asker, answerer] = [await connectRaw(server.url), await connectRaw(server.url)];
    answerer.subscribe('echo', {
      callback: (_, message) => {
        message.respond(message.data);
      },
    });
    await answerer.flush();
    const entry = new Uint8Array(300);

    const takeAndGiveBack = async () => {
      const claim = lock.claim({ identity: config.defaultIdentity, slots: 1, ttlMs: TTL_MS });
      await claim.begin();
      await claim.obtain();
      await claim.release(RELEASE_MS);
    };
    try {
      for (const _ of rounds(5)) {
        const lockMs = await measure(takeAndGiveBack);
        const tripMs = await measure(() => asker.request('echo', entry));
        results.add('lock', 'bundle', lockMs / tripMs);
      }
      results.note(
        'lock',
        'of an open lock, from the sources; the round trip is a request of 300 bytes that another client answers',
      );
    } finally {
      lock.close();
      await Promise.all([asker.close(), answerer.close()]);
    }
  },
};

/** @returns the median time, in milliseconds */
async function measure(act: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < TIMES + WARM_UP; i++) {
    const startMs = performance.now();
    await act();
    if (i >= WARM_UP) times.push(performance.now() - startMs);
  }
  return median(times);
}
