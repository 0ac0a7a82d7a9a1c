import type { ConsumerInfo, ConsumerMessages } from '@nats-io/jetstream';
import type { JetStream } from './jetstream.ts';
import type { Reading } from './reading.ts';
import type { ReadMessage } from './store.ts';
import { pauseBetween } from './store-call.ts';
import { fromDelivery } from './stored.ts';

/** How many messages the broker may send ahead: what a reader that pauses holds. */
const AHEAD_MESSAGES = 128;
/** A broker that says nothing for two of these is gone. */
const HEARTBEAT_MS = 1000;
/** A request for messages is made again after this. */
const REQUEST_MS = 30_000;

/** With this a server that is shut down, or hands a consumer over, ends a request. */
const LEAVING = 409;
const DISTURBANCES = new Set(['heartbeats_missed', 'consumer_deleted', 'consumer_not_found', 'no_responders']);

/** The library's declarations say less of them than they can do. */
type PullConsumerMessages = ConsumerMessages & { stop(): void };

/** The messages of a consumer that acknowledges none, until anything is out of order or the reading is interrupted. */
export async function* takeInOrder(
  { client }: JetStream,
  consumer: ConsumerInfo,
  reading: Reading,
  signal: AbortSignal | undefined,
): AsyncGenerator<ReadMessage> {
  const messages = (await client.consumers.getConsumerFromInfo(consumer).consume({
    max_messages: AHEAD_MESSAGES,
    expires: REQUEST_MS,
    idle_heartbeat: HEARTBEAT_MS,
    bind: true,
    abort_on_missing_resource: true,
  })) as PullConsumerMessages;
  reading.interrupt = () => messages.stop();
  if (reading.isInterrupted) messages.stop();
  void stopWhenDisturbed(messages);
  try {
    let expected = 1;
    for await (const message of messages) {
      const { deliverySequence, pending } = message.info;
      if (deliverySequence !== expected) return;
      expected += 1;
      yield { ...fromDelivery(message), pending };
    }
  } catch {
    // Whatever it was, asking for another consumer tells whether it has passed.
    await pauseBetween(signal);
  } finally {
    reading.interrupt = () => {};
    messages.stop();
  }
}

async function stopWhenDisturbed(messages: PullConsumerMessages): Promise<void> {
  for await (const status of messages.status()) {
    const isLeaving = status.type === 'debug' && status.code === LEAVING;
    if (isLeaving || DISTURBANCES.has(status.type)) messages.stop();
  }
}
