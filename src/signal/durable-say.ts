import type { Config, Identity } from '../config/config.ts';
import { TransportError } from '../transport/errors.ts';
import type { Store } from '../transport/store.ts';
import { type Clock, monotonicMs } from './clock.ts';
import type { DurableAct } from './durable-act.ts';
import type { DurableEntries } from './durable-entry.ts';

/** Who says something, where. */
export interface Saying {
  config: Pick<Config, 'allowSkewMs'>;
  entries: DurableEntries;
  store: Store;
  /** the coordination stream */
  stream: string;
  clock: Clock;
}

/**
 * Says something of a message, and sees to it that it counts: an entry that took longer than messages may is signed anew.
 *
 * @throws TransportError 'store-failed' when this host's clock and the broker's are too far apart; as the store
 */
export async function say(
  { config, entries, store, stream, clock }: Saying,
  consumer: string,
  act: DurableAct,
  identity: Identity,
  signal: AbortSignal | undefined,
): Promise<void> {
  for (;;) {
    const fromMs = monotonicMs();
    const { subject, bytes } = entries.sign(consumer, act, identity, clock.nextTimeNs());
    const nowMs = clock.nowMs();
    const { seq } = await store.append(subject, bytes, { stream, signal });
    // Whoever listens on the subject could have answered in the broker's place.
    const stored = await store.get(stream, seq, signal);
    if (stored === undefined || Buffer.compare(stored.data, bytes) !== 0) continue;
    if (Math.abs(stored.storedMs - nowMs) <= config.allowSkewMs && typeof (await entries.read(stored)) !== 'string')
      return;
    if (monotonicMs() - fromMs > config.allowSkewMs / 2) continue;
    const offMs = Math.round(nowMs - stored.storedMs);
    throw new TransportError(
      'store-failed',
      `this host's clock is ${Math.abs(offMs)} ms ${offMs > 0 ? 'ahead of' : 'behind'} the server's: what it signs does not count`,
    );
  }
}
