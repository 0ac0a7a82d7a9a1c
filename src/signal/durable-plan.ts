import type { Config } from '../config/config.ts';
import { durableName } from '../protocol/streams.ts';
import type { Transport } from '../transport/transport.ts';
import type { Clock } from './clock.ts';
import { UsageError } from './errors.ts';
import type { OnNotice } from './notice.ts';
import { planReceive, type ReceiveOptions, type ReceivePlan } from './receive-plan.ts';

/** How often a message is tried again when nothing else is said. */
export const DEFAULT_RETRIES = 5;

/** After that many tries and one more it waits so long, in milliseconds; further ones wait like the last. */
const DELAYS_MS: readonly [number, ...number[]] = [1000, 5000, 30_000, 60_000];

const MAX_NAME_CHARACTERS = 64;

/** What to deal with at least once. */
export interface ConsumeOptions extends ReceiveOptions {
  /**
   * 1 to 64 letters, digits, - and _. All who give the same name, channel, destination and filters share the messages, each
   * of which goes to one of them; `sinceMs` counts for the first of them, which otherwise begins with what comes.
   */
  name: string;
  /** how often a message is tried again before it is set aside; default 5, and 0 is allowed */
  retries?: number | undefined;
}

/** What a durable receiver lets through, under which name, and how often it tries. */
export interface ConsumePlan {
  receive: ReceivePlan;
  /** of the consumer on the broker: the name, and what tells these filters from others */
  consumer: string;
  retries: number;
}

/**
 * Checks what is to be dealt with; needs no connection.
 *
 * @throws UsageError 'option' for a name that cannot be one, or a value that no message can have
 */
export function planConsume(
  config: Config,
  { name, retries = DEFAULT_RETRIES, ...options }: ConsumeOptions,
): ConsumePlan {
  if (!/^[A-Za-z0-9_-]+$/.test(name) || name.length > MAX_NAME_CHARACTERS) {
    const expected = `1 to ${MAX_NAME_CHARACTERS} letters, digits, - and _`;
    throw new UsageError('option', `durable name ${JSON.stringify(name)}: expected ${expected}`);
  }
  if (!Number.isSafeInteger(retries) || retries < 0) {
    throw new UsageError('option', `retries: expected a whole number from 0, got ${retries}`);
  }
  const receive = planReceive(config, options);
  const { destination, publicKey, uuid, verbs } = receive.filter;
  const filters = {
    channel: receive.channel,
    destination,
    publicKey,
    uuid,
    // The same ones in another order are the same.
    verbs: verbs && [...new Set(verbs)].sort().join(),
  };
  const texts = Object.entries(filters).flatMap(([what, text]) => (text === undefined ? [] : [`${what}=${text}`]));
  return { receive, consumer: durableName(name, texts), retries };
}

/** How long a message waits after so many tries. */
export function retryDelayMs(attempt: number): number {
  return DELAYS_MS[Math.min(attempt, DELAYS_MS.length) - 1] ?? DELAYS_MS[0];
}

/** The name of a message of a durable consumer, for people: `<consumer>:<its place in the history>`. */
export function durableId(consumer: string, seq: number): string {
  return `${consumer}:${seq}`;
}

/** What such a name says; undefined when it is none. */
export function parseDurableId(id: string): { consumer: string; seq: number } | undefined {
  const [, consumer, digits] = /^([A-Za-z0-9_-]+-[0-9a-f]{8}):([1-9][0-9]{0,14})$/.exec(id) ?? [];
  return consumer === undefined ? undefined : { consumer, seq: Number(digits) };
}

/** What a durable receiver is given. */
export interface DurableContext {
  config: Config;
  plan: ConsumePlan;
  transport: Transport;
  clock: Clock;
  onNotice: OnNotice;
}
