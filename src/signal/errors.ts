/** Why something that was asked for cannot be done as asked. */
export type UsageErrorCode = 'option' | 'identity' | 'responders' | 'payload-too-large';

/** A request that this node cannot carry out as it was put; nothing was sent. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  readonly code: UsageErrorCode;
  /** what to do instead, where there is something to say */
  readonly hint: string | undefined;

  constructor(code: UsageErrorCode, message: string, hint?: string) {
    super(message);
    this.code = code;
    this.hint = hint;
  }
}
