/** Why the broker could not be used. */
export type TransportErrorCode = 'unreachable' | 'refused' | 'not-permitted' | 'credentials' | 'closed';

/** The broker is unreachable, refuses this node, or does not permit what it asked for. */
export class TransportError extends Error {
  override readonly name = 'TransportError';
  readonly code: TransportErrorCode;

  constructor(code: TransportErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
