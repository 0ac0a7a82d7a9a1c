/**
 * Why the broker could not be used. Of its streams: it keeps none for this account; there is not this one, or it does not
 * hold that subject; there is another one in its place; it has not as many brokers as replicas are asked for; whatever
 * else it refused; this host's clock is too far from the broker's.
 */
export type TransportErrorCode =
  | 'unreachable'
  | 'refused'
  | 'not-permitted'
  | 'credentials'
  | 'closed'
  | 'no-store'
  | 'no-stream'
  | 'conflict'
  | 'too-few-brokers'
  | 'store-failed'
  | 'clock';

/** The broker is unreachable, refuses this node, or does not permit what it asked for. */
export class TransportError extends Error {
  override readonly name = 'TransportError';
  readonly code: TransportErrorCode;

  constructor(code: TransportErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
