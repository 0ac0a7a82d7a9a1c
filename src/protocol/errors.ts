/** The part of a message or reply that is not in its canonical form. */
export type ProtocolErrorCode =
  | 'fields'
  | 'public_key'
  | 'private_key'
  | 'signature'
  | 'destination'
  | 'time'
  | 'uuid'
  | 'verb'
  | 'flag'
  | 'reply';

/** Bytes that are not what the wire format says they must be. Never holds the bytes themselves. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
  readonly code: ProtocolErrorCode;

  constructor(code: ProtocolErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
