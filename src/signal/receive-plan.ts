import type { Config } from '../config/config.ts';
import { decodeBase58 } from '../protocol/base58.ts';
import { DEFAULT_CHANNEL, PUBLIC_KEY_BYTES } from '../protocol/constants.ts';
import { encodeUuid } from '../protocol/uuid.ts';
import type { Filter, Refusal, Refused } from './acceptance.ts';
import { UsageError } from './errors.ts';
import { checkVerb, planSubject } from './send.ts';

/** What to wait for. */
export interface ReceiveOptions {
  /**
   * Matches as if this were the node's destination, or messages whose pattern is exactly this text; default the
   * configuration's.
   */
  destination?: string | undefined;
  /** does not match the destination at all */
  anyDestination?: boolean | undefined;
  /** base58: only messages signed by this key */
  publicKey?: string | undefined;
  /** only messages sent with this value */
  uuid?: string | undefined;
  /** only these verbs, in any case */
  verbs?: readonly string[] | undefined;
  /** another channel below the configured subject; default `all` */
  channel?: string | undefined;
  /**
   * Also what was sent within so many milliseconds, from the stream that `remaphore history create` makes: first what it
   * holds, in its order, then what comes. Nothing is lost then that the stream keeps, and nothing is dropped for want of room.
   */
  sinceMs?: number | undefined;
  /** ends the iteration when aborted; that is no error */
  signal?: AbortSignal | undefined;
  /**
   * Told of each message that is not acted on.
   *
   * @param refusal which check refused it, or that there was no room for it
   * @param describe what can be said of it, to be called at once or not at all: it costs more than the refusal
   */
  onRefused?: ((refusal: Refusal, describe: () => Refused) => void) | undefined;
}

/** A message that passed every check. */
export interface ReceivedMessage {
  /** base58 of the sender's key */
  publicKey: string;
  /** the name that this node's Peers give the sender */
  senderDestination: string;
  /** the pattern that the message was sent to */
  destination: string;
  /** the destination it was matched against; undefined when any was accepted */
  matchedDestination: string | undefined;
  /** Unix time in nanoseconds */
  timeNs: bigint;
  /** lower-case hex */
  uuid: string;
  /** ASCII letters in lower case */
  verb: string;
  payload: Uint8Array;
  /** SHA-256 of the message as it travelled */
  hash: Uint8Array;
  /** whether the sender listens for replies */
  wantsReply: boolean;
  /** output that one reply can carry, in bytes */
  maxOutputBytes: number;
  /**
   * Answers, signed by the default identity; resolves when the server has the reply.
   *
   * @param exitCode a whole number
   * @param output at most `maxOutputBytes`; a text is sent as UTF-8
   * @throws TransportError when the reply could not be sent, UsageError 'payload-too-large' when it does not fit
   */
  reply(exitCode: number, output: string | Uint8Array): Promise<void>;
}

/** Which messages a receiver lets through, and where they arrive. */
export interface ReceivePlan {
  filter: Filter;
  subject: string;
  channel: string;
  /** undefined: only what arrives */
  sinceMs: number | undefined;
}

/**
 * Checks what is waited for; needs no connection.
 *
 * @throws UsageError 'option' for a value that no message can have
 */
export function planReceive(config: Config, options: ReceiveOptions): ReceivePlan {
  const { destination, publicKey, uuid, verbs, sinceMs } = options;
  if (uuid === '') throw new UsageError('option', 'uuid: it cannot be empty');
  if (destination !== undefined && (destination === '' || /[\s,\0-\x1f\x7f-\x9f]/.test(destination))) {
    throw new UsageError(
      'option',
      'destination: it cannot be empty, nor hold commas, white space or control characters',
    );
  }
  if (sinceMs !== undefined && !(sinceMs >= 0 && Number.isFinite(sinceMs))) {
    throw new UsageError('option', `since: expected milliseconds, not negative, got ${sinceMs}`);
  }
  if (publicKey !== undefined) {
    assertPublicKey(publicKey);
    if (!config.peers.some((peer) => peer.publicKey === publicKey)) {
      throw new UsageError('option', 'public key: it is none of the configuration’s Peers, so nothing could match');
    }
  }
  return {
    filter: {
      destination: options.anyDestination ? undefined : (destination ?? config.destination),
      publicKey,
      uuid: uuid === undefined ? undefined : Buffer.from(encodeUuid(uuid)).toString('hex'),
      verbs: verbs?.map(checkVerb),
    },
    subject: planSubject(config, options.channel),
    channel: options.channel ?? DEFAULT_CHANNEL,
    sinceMs,
  };
}

/**
 * Refuses a text that cannot be a public key.
 *
 * @throws UsageError 'option'
 */
export function assertPublicKey(text: string): void {
  try {
    decodeBase58(text, PUBLIC_KEY_BYTES, 'public_key');
  } catch (error) {
    throw new UsageError('option', `public key: ${(error as Error).message}`);
  }
}
