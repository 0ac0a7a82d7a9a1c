// What durable listeners have set aside, as the valid entries in their order say. Every message that is named is looked up:
// nobody can name one that is not kept, and what is said of a message is said of these bytes. A message stays named until it
// was run again and ended well; that it did counts from who set it aside, or who may use its verb, so that nobody else can
// hide it.

import type { Config } from '../config/config.ts';
import { ProtocolError } from '../protocol/errors.ts';
import { hashMessage, type ParsedMessage, parseMessage, verifyMessage } from '../protocol/message.ts';
import { durableSubject, streamName } from '../protocol/streams.ts';
import { foldVerb } from '../protocol/verb.ts';
import type { Store } from '../transport/store.ts';
import { DurableEntries, type DurableEntry } from './durable-entry.ts';
import { durableId } from './durable-plan.ts';
import { HashSet } from './hash-set.ts';
import type { HistoryStream } from './history-stream.ts';
import type { LossCounter } from './loss-counter.ts';

/** A message that was set aside. */
export interface SetAside {
  /** `<consumer>:<its place in the history>`: what it is run again by */
  id: string;
  consumer: string;
  seq: number;
  /** the place of the entry that set it aside */
  failedSeq: number;
  /** the host that set it aside */
  by: string;
  /** when it did by the broker's clock, Unix time in milliseconds */
  failedMs: number;
  attempts: number;
  /** of the last try */
  exitCode: number;
  /** the sender's name here; undefined: it is none of Peers */
  sender: string | undefined;
  message: ParsedMessage;
  /** who asked last for it to be run again, and when; undefined: nobody, or it failed again since */
  retry: { by: string; askedMs: number } | undefined;
}

/** What there is to read. */
export interface FailuresSource {
  config: Config;
  store: Store;
  history: HistoryStream;
  losses: LossCounter;
}

/** What was set aside, in the order of the messages, and how many further ones are not kept any more. */
export interface Failures {
  failures: SetAside[];
  gone: number;
}

/**
 * Reads what was set aside.
 *
 * @param consumer only for this one; undefined: for all
 * @throws as the store
 */
export async function readFailures(
  source: FailuresSource,
  consumer: string | undefined,
  signal: AbortSignal | undefined,
): Promise<Failures> {
  const { config, store, history } = source;
  const names = new Map(config.peers.map(({ publicKey, destination }) => [publicKey, destination]));
  for (const { publicKey } of config.identities) names.set(publicKey, config.destination);
  const entries = new DurableEntries(config);
  const found: Failures = { failures: [], gone: 0 };
  for (const said of (await collect(source, entries, consumer, signal)).values()) {
    const [{ act, consumer: by }] = said as [DurableEntry];
    if (!said.some((entry) => entry.act.kind === 'failed')) continue;
    const stored = await store.get(history.name, act.seq, signal);
    const message = stored && toMessage(stored.data, act.hash);
    if (message === undefined) found.gone++;
    else if (await verifyMessage(message)) {
      const failure = fold(said, foldVerb(message.verb), entries);
      const sender = names.get(message.publicKey);
      if (failure)
        found.failures.push({ ...failure, id: durableId(by, act.seq), consumer: by, seq: act.seq, sender, message });
    } else source.losses.count('ignored: what was said of a message with a bad signature', `by ${said[0]?.by}`);
  }
  found.failures.sort((a, b) => a.seq - b.seq);
  return found;
}

/** The valid entries about each message, in order. */
async function collect(
  { config, store, history, losses }: FailuresSource,
  entries: DurableEntries,
  consumer: string | undefined,
  signal: AbortSignal | undefined,
): Promise<Map<string, DurableEntry[]>> {
  const messages = new Map<string, DurableEntry[]>();
  const stream = streamName(config.subject, 'coordination');
  const facts = await store.info(stream, signal);
  if (facts === undefined) return messages;
  // Who set aside what is not kept any more does not matter.
  const { firstMs } = history.facts;
  if (firstMs === undefined) return messages;
  const subject =
    consumer === undefined ? `${config.subject}.durable.*.*` : durableSubject(config.subject, consumer, '*');
  const seen = new HashSet();
  const reader = await store.read(stream, subject, { storedMs: firstMs }, signal);
  if (reader.pending === 0) {
    reader.close();
    return messages;
  }
  for await (const stored of reader) {
    const entry = await entries.read(stored);
    if (typeof entry === 'string') {
      const party = entries.claimedParty(stored.data);
      losses.count(`ignored: an entry ${entry}`, party === undefined ? '' : `as if by ${party}`);
    } else if (seen.add(entry.hash)) {
      const key = `${entry.consumer}:${entry.act.seq}:${entry.act.hash}`;
      messages.set(key, [...(messages.get(key) ?? []), entry]);
    }
    if (stored.pending === 0 || stored.seq >= facts.lastSeq) break;
  }
  return messages;
}

type Said = Pick<SetAside, 'failedSeq' | 'by' | 'failedMs' | 'attempts' | 'exitCode' | 'retry'>;

/** What the entries about one message come to; undefined: it is not set aside any more. */
function fold(said: readonly DurableEntry[], verb: string, entries: DurableEntries): Said | undefined {
  let failure: (Said & { publicKey: string }) | undefined;
  for (const entry of said) {
    const { act, by, publicKey, seq, storedMs } = entry;
    if (act.kind === 'failed') {
      const { attempts, exitCode } = act;
      failure = { failedSeq: seq, by, failedMs: storedMs, attempts, exitCode, retry: undefined, publicKey };
    } else if (failure !== undefined && act.kind === 'retry') {
      if (act.failedSeq === failure.failedSeq && entries.mayUse(entry, verb)) failure.retry = { by, askedMs: storedMs };
    } else if (failure !== undefined && (publicKey === failure.publicKey || entries.mayUse(entry, verb))) {
      failure = undefined;
    }
  }
  if (failure === undefined) return undefined;
  const { publicKey: _, ...rest } = failure;
  return rest;
}

function toMessage(bytes: Uint8Array, hash: string): ParsedMessage | undefined {
  if (Buffer.from(hashMessage(bytes)).toString('hex') !== hash) return undefined;
  try {
    return parseMessage(bytes);
  } catch (error) {
    if (error instanceof ProtocolError) return undefined;
    throw error;
  }
}
