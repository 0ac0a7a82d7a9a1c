import { randomBytes } from 'node:crypto';
import type { Config, Identity } from '../config/config.ts';
import { DEFAULT_CHANNEL, DEFAULT_VERB, EVERY_DESTINATION, REPLY_VERB, UUID_BYTES } from '../protocol/constants.ts';
import { findPatternFault } from '../protocol/destination.ts';
import { shortenKey } from '../protocol/keys.ts';
import { encodeMessage } from '../protocol/message.ts';
import { isReservedChannel } from '../protocol/streams.ts';
import { findSubjectFault, messageSubject } from '../protocol/subject.ts';
import { encodeUuid } from '../protocol/uuid.ts';
import { isVerbGranted, normalizeVerb } from '../protocol/verb.ts';
import { TransportError } from '../transport/errors.ts';
import { monotonicMs } from './clock.ts';
import { UsageError } from './errors.ts';

/** What to send, and to whom. */
export interface SendOptions {
  /** the pattern to reach; default `**`, every node */
  destination?: string | undefined;
  /** default `ping` */
  verb?: string | undefined;
  /** any text; default 12 random bytes */
  uuid?: string | undefined;
  /** a text is sent as UTF-8; default empty */
  payload?: string | Uint8Array | undefined;
  /** base58: the identity to send as; default the configuration's, if it may use the verb, else the first that may */
  publicKey?: string | undefined;
  /** another channel below the configured subject; default `all` */
  channel?: string | undefined;
  /** sending: resolves only once the stream that `remaphore history create` makes has stored it on its replicas */
  keep?: boolean | undefined;
  /** gives up when aborted */
  signal?: AbortSignal | undefined;
}

/** A message that is fit to be sent: what remains is to sign it with the time of sending. */
export interface SendPlan {
  identity: Identity;
  subject: string;
  channel: string;
  destination: string;
  verb: string;
  uuid: Uint8Array;
  payload: Uint8Array;
}

/**
 * Checks what is to be sent and picks the identity; needs no connection.
 *
 * @throws UsageError 'option' for a value that cannot be sent, 'identity' when none may use the verb
 */
export function planSend(config: Config, options: SendOptions): SendPlan {
  const verb = checkVerb(options.verb ?? DEFAULT_VERB);
  const destination = options.destination ?? EVERY_DESTINATION;
  const fault = findPatternFault(destination);
  if (fault !== undefined) throw new UsageError('option', `destination ${JSON.stringify(destination)}: ${fault}`);
  if (options.uuid === '') throw new UsageError('option', 'uuid: it cannot be empty');
  const { payload = '' } = options;
  return {
    identity: pickIdentity(config, verb, options.publicKey),
    subject: planSubject(config, options.channel),
    channel: options.channel ?? DEFAULT_CHANNEL,
    destination,
    verb,
    uuid: options.uuid === undefined ? randomBytes(UUID_BYTES) : encodeUuid(options.uuid),
    payload: typeof payload === 'string' ? Buffer.from(payload, 'utf8') : payload,
  };
}

/** The bytes of a planned message, signed as sent at `timeNs`. */
export function encodePlan(plan: SendPlan, timeNs: bigint, wantsReply: boolean): Uint8Array {
  return encodeMessage({ ...plan, timeNs, wantsReply }, plan.identity.keys);
}

/**
 * Refuses a message that the server would not take.
 *
 * @throws UsageError 'payload-too-large' with both sizes
 */
export function assertFits(bytes: Uint8Array, payload: Uint8Array, maxBytes: number): void {
  if (bytes.length <= maxBytes) return;
  const most = maxBytes - (bytes.length - payload.length);
  if (most < 0) {
    throw new UsageError(
      'payload-too-large',
      `without its payload the message has ${bytes.length - payload.length} bytes, and the server takes ${maxBytes}`,
    );
  }
  throw new UsageError(
    'payload-too-large',
    `the payload has ${payload.length} bytes, and the server takes ${most} with this message`,
    'nothing was sent; put the data elsewhere and send where it is',
  );
}

/**
 * What gives a message's bytes for each attempt to send them. They stay the same, so that receivers take them for the one
 * message that it is; sent again later than the allowed skew they would be refused by who has not had them.
 *
 * @returns throws TransportError 'unreachable' when it is too late for another attempt
 */
export function repeatable(bytes: Uint8Array, { allowSkewMs }: Config): () => Uint8Array {
  const signedMs = monotonicMs();
  let attempts = 0;
  return () => {
    if (++attempts === 1 || monotonicMs() - signedMs <= allowSkewMs) return bytes;
    throw new TransportError(
      'unreachable',
      'the connection was lost before the server confirmed the message, which is too old by now to be sent again: who ' +
        'listens has it from before, or not at all',
    );
  };
}

/**
 * The subject of a channel.
 *
 * @throws UsageError 'option'
 */
export function planSubject(config: Config, channel: string | undefined): string {
  const fault = channel === undefined ? undefined : findSubjectFault(channel);
  if (fault !== undefined) throw new UsageError('option', `subject ${JSON.stringify(channel)}: ${fault}`);
  if (channel !== undefined && isReservedChannel(channel)) {
    const why = 'it is where replies, or the entries of locks, barriers and durable listeners travel';
    throw new UsageError('option', `subject ${JSON.stringify(channel)}: ${why}`, 'name the channel otherwise');
  }
  return messageSubject(config.subject, channel);
}

/**
 * A verb as it is sent and compared: in lower case.
 *
 * @throws UsageError 'option'
 */
export function checkVerb(text: string): string {
  const verb = normalizeVerb(text);
  const fail = (why: string): never => {
    throw new UsageError('option', `verb ${JSON.stringify(text)}: ${why}`);
  };
  if (verb === '') fail('it cannot be empty');
  if (verb === REPLY_VERB) fail('it is reserved for replies');
  if (verb === '*') fail('it stands for any verb in configurations and is none itself');
  if (/[\s,\0-\x1f\x7f-\x9f]/.test(verb)) fail('it cannot hold commas, white space or control characters');
  return verb;
}

/**
 * The identity to speak as under a verb.
 *
 * @throws UsageError 'identity' when none may use it
 */
export function pickIdentity(config: Config, verb: string, publicKey: string | undefined): Identity {
  const mayUse = (identity: Identity) => isVerbGranted(identity.verbs, verb);
  const list = (identities: readonly Identity[]) =>
    identities.map((identity) => `${shortenKey(identity.publicKey)} [${identity.verbs.join(', ')}]`).join(', ');
  if (publicKey !== undefined) {
    const identity = config.identities.find((candidate) => candidate.publicKey === publicKey);
    if (identity === undefined) {
      throw new UsageError('identity', `the key is none of this node's identities: ${list(config.identities)}`);
    }
    if (!mayUse(identity)) throw new UsageError('identity', `this identity may not use ${verb}: ${list([identity])}`);
    return identity;
  }
  if (mayUse(config.defaultIdentity)) return config.defaultIdentity;
  const identity = config.identities.find(mayUse);
  if (identity === undefined) {
    throw new UsageError('identity', `no identity may use ${verb}: ${list(config.identities)}`);
  }
  return identity;
}
