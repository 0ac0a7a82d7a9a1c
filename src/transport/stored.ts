import { type ConsumerConfig, DeliverPolicy, type JsMsg, type StoredMsg } from '@nats-io/jetstream';
import type { ReadFrom, Stored } from './store.ts';

const NS_PER_MS = 1_000_000n;

/** A message as a consumer delivers it. All ways to read one must come to the same time, to the millisecond. */
export function fromDelivery(message: JsMsg): Stored {
  return {
    seq: message.info.streamSequence,
    storedMs: Number(message.timestampNanos / NS_PER_MS),
    subject: message.subject,
    data: message.data,
  };
}

/** A message that was asked for alone. */
export function fromStoredMessage({ seq, timestamp, subject, data }: StoredMsg): Stored {
  return { seq, storedMs: Date.parse(timestamp), subject, data };
}

/** Where a consumer is to start. */
export function startAt(from: ReadFrom | undefined): Pick<ConsumerConfig, 'deliver_policy'> & Partial<ConsumerConfig> {
  if (from === undefined) return { deliver_policy: DeliverPolicy.New };
  if ('seq' in from) return { deliver_policy: DeliverPolicy.StartSequence, opt_start_seq: Math.max(1, from.seq) };
  return { deliver_policy: DeliverPolicy.StartTime, opt_start_time: new Date(from.storedMs).toISOString() };
}

/** Whether a message is before a place. */
export function isBefore({ seq, storedMs }: Stored, from: ReadFrom): boolean {
  return 'seq' in from ? seq < from.seq : storedMs < from.storedMs;
}
