import { errors } from 'nats';
import { TransportError } from './errors.ts';

// From the client library's errors to ours.

/** Whether the server refused the credentials. */
export function isRefusal(error: Error): boolean {
  // A server that is too busy to look at them says "authentication timeout", and may do better next time.
  if (/timeout/i.test(error.message)) return false;
  return error instanceof errors.AuthorizationError || error instanceof errors.UserAuthenticationExpiredError;
}

/** Whether the server said something that trying again would not change. */
export function isFinal(error: Error): boolean {
  return isRefusal(error) || error instanceof errors.PermissionViolationError || isOverLimit(error);
}

/** Whether the account or the user may not have as many subscriptions: a limit that is missing from a token is 0. */
function isOverLimit(error: Error): boolean {
  return /subscriptions exceeded/i.test(error.message);
}

/** Characters of what a server says that are shown at most. */
const MAX_WORDS = 200;

/** What a server says, which may be anything, of any length. */
export function cutWords(text: string): string {
  return text.length > MAX_WORDS ? `${text.slice(0, MAX_WORDS)}…` : text;
}

/** Why a server could not be connected to, in a few words. */
export function describeDialFailure({ message }: Error): string {
  // What the runtime says of this names addresses that there are none of.
  if (/\bE[MN]FILE\b/.test(message)) return 'too many open files here, see ulimit -n';
  return cutWords(message) || 'no answer';
}

/** The error for refused credentials. */
export function refusal(error: Error): TransportError {
  return new TransportError('refused', `the server refused the credentials: ${cutWords(error.message)}`, {
    cause: error,
  });
}

/** The error for whatever ended or prevented the use of a connection. */
export function toTransportError(error: Error): TransportError {
  if (isRefusal(error)) return refusal(error);
  if (error instanceof errors.PermissionViolationError) {
    const act = error.operation === 'publish' ? 'publish on' : 'subscribe to';
    return new TransportError('not-permitted', `the server does not permit to ${act} ${error.subject}`, {
      cause: error,
    });
  }
  if (isOverLimit(error)) {
    return new TransportError('not-permitted', `the server does not permit to subscribe: ${cutWords(error.message)}`, {
      cause: error,
    });
  }
  return new TransportError('closed', `the connection has ended: ${cutWords(error.message)}`, { cause: error });
}

/** Whether an act failed only because the connection was lost during it. */
export function isDisconnection(error: unknown): boolean {
  return error instanceof errors.RequestError || error instanceof errors.ClosedConnectionError;
}

/** What was thrown, as an error. */
export function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
