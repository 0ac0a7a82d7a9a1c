/** Why a network cannot be made, or a node added to one. */
export type ProvisionErrorCode = 'node' | 'server' | 'verbs' | 'subject' | 'directory' | 'files' | 'keys';

/** Something about a network that was asked for cannot be; nothing was written. The message never holds a secret. */
export class ProvisionError extends Error {
  override readonly name = 'ProvisionError';
  readonly code: ProvisionErrorCode;
  /** what to do instead, where there is something to say */
  readonly hint: string | undefined;

  constructor(code: ProvisionErrorCode, message: string, hint?: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.hint = hint;
  }
}
