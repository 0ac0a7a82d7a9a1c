import { hashMessage } from '../protocol/message.ts';
import { streamName } from '../protocol/streams.ts';
import { foldVerb } from '../protocol/verb.ts';
import type { Clock } from './clock.ts';
import { DurableEntries } from './durable-entry.ts';
import { parseDurableId } from './durable-plan.ts';
import { say } from './durable-say.ts';
import { UsageError } from './errors.ts';
import { type FailuresSource, readFailures, type SetAside } from './failures.ts';
import { pickIdentity } from './send.ts';

/**
 * Has a message that was set aside run again, by the listeners that it was for.
 *
 * @param id as it is named in what was set aside
 * @param publicKey base58: the identity to ask as; default the configuration's, if it may use the message's verb, else the
 *   first that may
 * @throws UsageError 'option' when nothing of that name is set aside, 'identity' when none may use its verb; as the store
 */
export async function retryFailure(
  source: FailuresSource & { clock: Clock },
  id: string,
  publicKey: string | undefined,
  signal: AbortSignal | undefined,
): Promise<SetAside> {
  const { config, store, clock } = source;
  const hint = 'remaphore history --failed shows what is';
  const parsed = parseDurableId(id);
  if (parsed === undefined) {
    throw new UsageError('option', `${JSON.stringify(id)}: expected an id like NAME-1a2b3c4d:123`, hint);
  }
  const { failures } = await readFailures(source, parsed.consumer, signal);
  const failure = failures.find((one) => one.seq === parsed.seq);
  if (failure === undefined) throw new UsageError('option', `${id}: nothing of this name is set aside`, hint);
  const identity = pickIdentity(config, foldVerb(failure.message.verb), publicKey);
  const stream = streamName(config.subject, 'coordination');
  const hash = Buffer.from(hashMessage(failure.message.bytes)).toString('hex');
  const act = { kind: 'retry', seq: failure.seq, hash, failedSeq: failure.failedSeq } as const;
  const entries = new DurableEntries(config);
  await say({ config, entries, store, stream, clock }, failure.consumer, act, identity, signal);
  return failure;
}
