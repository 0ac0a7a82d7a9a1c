import type { Config } from '../config/config.ts';
import { DEFAULT_CHANNEL } from '../protocol/constants.ts';
import { streamName } from '../protocol/streams.ts';
import { messageSubject } from '../protocol/subject.ts';
import { TransportError } from '../transport/errors.ts';
import type { Store, StreamFacts } from '../transport/store.ts';
import { covers } from '../transport/subject-pattern.ts';

const COMMAND = 'remaphore history create';

/** The stream that keeps what is published, and its state. */
export interface HistoryStream {
  store: Store;
  name: string;
  facts: StreamFacts;
}

/**
 * Finds the stream that keeps a network's messages.
 *
 * @param channel that it must hold; undefined: any will do
 * @throws TransportError 'no-stream' saying which command makes it, or adds the channel; as the store
 */
export async function findHistory(
  store: Store,
  { subject }: Pick<Config, 'subject'>,
  channel: string | undefined,
  signal: AbortSignal | undefined,
): Promise<HistoryStream> {
  const name = streamName(subject, 'history');
  const facts = await store.info(name, signal);
  const words = channel === undefined || channel === DEFAULT_CHANNEL ? '' : ` -S ${channel}`;
  if (facts === undefined) {
    throw new TransportError(
      'no-stream',
      `nothing is kept here: there is no stream ${name}; to make it: ${COMMAND}${words}`,
    );
  }
  if (channel !== undefined && !facts.subjects.some((held) => covers(held, messageSubject(subject, channel)))) {
    throw new TransportError(
      'no-stream',
      `stream ${name} does not keep the channel ${channel}; to add it: ${COMMAND}${words}`,
    );
  }
  return { store, name, facts };
}
