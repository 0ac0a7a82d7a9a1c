// The checks of what a durable consumer delivers. They are those of what arrives, with two differences: the time that counts
// is when the stream took the message, by the broker's clock, so that what waited for hours is not too old; and what was
// seen before is what the stream holds before it.

import type { Config } from '../config/config.ts';
import type { Store, Stored } from '../transport/store.ts';
import { Acceptance, type Candidate, type Filter, type Refusal, type Refused, type Rule } from './acceptance.ts';
import { FirstOccurrences } from './first-occurrence.ts';

/** What is to be thought of a message. */
export type Judgement = { candidate: Candidate } | { refusal: Refusal; describe: () => Refused };

/** Where the messages are. */
export interface DurableScreenSource {
  store: Store;
  stream: string;
  subject: string;
}

/** The checks of one durable receiver. */
export class DurableScreen {
  readonly #acceptance: Acceptance;
  readonly #firsts: FirstOccurrences;
  readonly #skewMs: number;

  /** @param signal ends what is asked of the store */
  constructor(config: Config, filter: Filter, source: DurableScreenSource, signal: AbortSignal) {
    const skewMs = config.allowSkewMs;
    this.#skewMs = skewMs;
    this.#acceptance = new Acceptance(config.peers, filter, skewMs, seenAt(undefined));
    const hash = ({ data, storedMs }: Stored) => {
      const screened = this.#acceptance.screen(data, storedMs);
      return typeof screened === 'string' ? undefined : screened.hash;
    };
    this.#firsts = new FirstOccurrences({ ...source, skewMs, hash }, signal);
  }

  /**
   * Whether a message is to be acted on.
   *
   * @throws as the store
   */
  async judge(stored: Stored): Promise<Judgement> {
    const { data, storedMs } = stored;
    const candidate = this.#acceptance.screen(data, storedMs);
    if (typeof candidate === 'string') return this.#refuse(stored, candidate as Refusal, undefined);
    const first = await this.#firsts.find(stored, candidate.hash);
    if (first.isEarlier) return this.#refuse(stored, 'replay', first.storedMs);
    if (!(await this.#acceptance.verify(candidate))) return this.#refuse(stored, 'bad-signature', undefined);
    return { candidate };
  }

  close(): void {
    this.#firsts.close();
  }

  #refuse({ data, storedMs }: Stored, refusal: Refusal, firstSeenMs: number | undefined): Judgement {
    const rule: Rule = { maxAgeMs: () => this.#skewMs, memory: seenAt(firstSeenMs) };
    return { refusal, describe: () => this.#acceptance.describe(data, refusal, storedMs, rule) };
  }
}

/** A memory in which nothing was seen: what was is asked of the stream. */
function seenAt(firstSeenMs: number | undefined): Rule['memory'] {
  return { recall: () => 'new', record: () => 'new', firstSeenMs: () => firstSeenMs };
}
