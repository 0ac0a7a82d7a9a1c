// The checks of a request to run again what was set aside. It counts once, and only for a message that a listener known here
// has set aside; whether who asks may use the message's verb is seen when the message itself has been checked.

import type { Config } from '../config/config.ts';
import { hashMessage } from '../protocol/message.ts';
import { durableSubject } from '../protocol/streams.ts';
import type { Store, Stored } from '../transport/store.ts';
import type { RetryAct } from './durable-act.ts';
import type { DurableEntries, DurableEntry } from './durable-entry.ts';
import { FirstOccurrences } from './first-occurrence.ts';

/** Where the entries and the messages are. */
export interface RetrySource {
  store: Store;
  historyName: string;
  coordinationName: string;
  /** of the messages */
  subject: string;
  ended: AbortSignal;
}

/** A request that counts, with the message that it is about; or why it does not. */
export type RetryJudgement = { entry: DurableEntry; message: Stored } | { fault: string };

/** The checks of the requests to one consumer. */
export class RetryScreen {
  readonly #entries: DurableEntries;
  readonly #consumer: string;
  readonly #source: RetrySource;
  readonly #firsts: FirstOccurrences;

  constructor(entries: DurableEntries, consumer: string, { subject, allowSkewMs }: Config, source: RetrySource) {
    this.#entries = entries;
    this.#consumer = consumer;
    this.#source = source;
    const { store, coordinationName: stream, ended } = source;
    const where = { store, stream, subject: durableSubject(subject, consumer, 'retry'), skewMs: allowSkewMs };
    this.#firsts = new FirstOccurrences({ ...where, hash: (stored) => entries.hash(stored) }, ended);
  }

  /** @throws as the store */
  async judge(stored: Stored): Promise<RetryJudgement> {
    const entry = await this.#entries.read(stored);
    if (typeof entry === 'string') return { fault: this.#describe(entry, stored) };
    const { act, by, hash } = entry;
    if (act.kind !== 'retry') return { fault: this.#describe('not in the form of one', stored) };
    if ((await this.#firsts.find(stored, hash)).isEarlier) return { fault: `by ${by}, replayed` };
    if (!(await this.#wasSetAside(act))) return { fault: `by ${by}, for a message that was not set aside` };
    const { store, historyName, subject, ended } = this.#source;
    const message = await store.get(historyName, act.seq, ended);
    if (message === undefined) return { fault: `by ${by}, for a message that is not kept any more` };
    if (message.subject !== subject || Buffer.from(hashMessage(message.data)).toString('hex') !== act.hash) {
      return { fault: `by ${by}, for another message than is kept there` };
    }
    return { entry, message };
  }

  close(): void {
    this.#firsts.close();
  }

  async #wasSetAside({ failedSeq, seq, hash }: RetryAct): Promise<boolean> {
    const { store, coordinationName, ended } = this.#source;
    const stored = failedSeq < 1 ? undefined : await store.get(coordinationName, failedSeq, ended);
    const entry = stored && (await this.#entries.read(stored));
    if (entry === undefined || typeof entry === 'string' || entry.consumer !== this.#consumer) return false;
    return entry.act.kind === 'failed' && entry.act.seq === seq && entry.act.hash === hash;
  }

  #describe(fault: string, { data }: Stored): string {
    const party = this.#entries.claimedParty(data);
    return party === undefined ? fault : `${fault}, as if by ${party}`;
  }
}
