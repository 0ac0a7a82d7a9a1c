// Who can publish where replies go, and has nobody's key: as many replies in others' names as he likes.

import { setTimeout as delay } from 'node:timers/promises';
import type { NatsConnection } from 'nats';
import { forgeReply, spoilSignature, type TestKeys } from './forge.ts';

/** Their time must stay in the window. */
const FORGE_AGAIN_MS = 1000;

/**
 * Replies to a request that claim to be from a key's holder, each with other bytes. All is right with them but the
 * signature, which is one, of something else.
 *
 * @param sizeBytes of each payload, about
 */
export function forgeInNameOf(keys: TestKeys, request: Uint8Array, sizeBytes = 0): (i: number) => Buffer {
  const forge = () => spoilSignature(forgeReply(keys, request, `0,evil${'.'.repeat(sizeBytes)}`));
  let [forged, forgedMs] = [forge(), performance.now()];
  return (i) => {
    if (performance.now() - forgedMs > FORGE_AGAIN_MS) [forged, forgedMs] = [forge(), performance.now()];
    return Buffer.concat([forged, Buffer.from(`${i}`)]);
  };
}

/** Published in one go at most. */
const STEP = 500;
const CAUGHT_UP_MS = 20;

/** A flood under way. */
export interface Flood {
  /** Ends it; resolves with how many the server has had of it. */
  stop(): Promise<number>;
}

/** Publishes at a pace until it is stopped; `Infinity`: as fast as the server takes them. */
export function flood(
  client: NatsConnection,
  subject: string,
  make: (i: number) => Uint8Array,
  perSecond: number,
): Flood {
  const stop = new AbortController();
  let count = 0;
  const publish = async () => {
    let [due, lastMs] = [Number.isFinite(perSecond) ? 0 : perSecond, performance.now()];
    while (!stop.signal.aborted) {
      const nowMs = performance.now();
      // Whoever was held up does not make up for all of it at once: that would be a burst.
      if (Number.isFinite(due)) due += (perSecond * Math.min(nowMs - lastMs, CAUGHT_UP_MS)) / 1000;
      lastMs = nowMs;
      for (const end = Math.min(due, count + STEP); count < end; ) client.publish(subject, make(count++));
      // With a pace there is time to wait; without, the server's answer is what to wait for.
      if (due > count) await client.flush();
      else await delay(1);
    }
    await client.flush();
  };
  const done = publish();
  done.catch(() => {});
  return {
    async stop() {
      stop.abort();
      await done;
      return count;
    },
  };
}
