import { JetStreamApiError } from '@nats-io/jetstream';
import { errors } from 'nats';
import { TransportError, type TransportErrorCode } from './errors.ts';
import { toError, toTransportError } from './nats-errors.ts';
import type { Violation } from './store-connection.ts';

// From what the broker says of its streams to our errors.
// The numbers: https://github.com/nats-io/nats-server/blob/main/server/errors.json

const NOT_ENABLED = 10076;
const NOT_ENABLED_FOR_ACCOUNT = 10039;
const STREAM_NOT_FOUND = 10059;
const CONSUMER_NOT_FOUND = 10014;

/**
 * What passes: no leader, not in the cluster yet, too much asked at once, a store that is being opened, an earlier attempt
 * with the same id that is still being stored.
 */
const PASSING = new Set([10004, 10008, 10009, 10041, 10118, 10119, 10158, 10167, NOT_ENABLED, NOT_ENABLED_FOR_ACCOUNT]);
/** "error occurred when storing": a broker that is being shut down says so too */
const NOT_STORED = 10077;

/** A stream of that name is made otherwise; another holds the subjects. */
const CONFLICTS = new Set([10058, 10065]);
/** No such stream; the subject's stream is another; the consumer is gone. */
const MISSING = new Set([STREAM_NOT_FOUND, 10060, CONSUMER_NOT_FOUND]);
/** No peers to put replicas on; a server that is not of a cluster has none. */
const TOO_FEW = new Set([10005, 10074]);

/** Whether the same may work in a moment. */
export function isPassing(error: unknown): boolean {
  if (error instanceof TransportError) return false;
  const refusal = findApiError(error);
  if (refusal)
    return PASSING.has(refusal.code) || (refusal.code === NOT_STORED && /closed|leader/i.test(refusal.message));
  if (findViolation(error)) return false;
  if (isNoResponders(error) || error instanceof errors.TimeoutError) return true;
  // The connection was lost meanwhile; or it is not JSON: an answer that is not the broker's.
  return error instanceof errors.RequestError || error instanceof SyntaxError;
}

/** Whether nobody was there to answer: no stream on that subject, or none with a leader. */
export function isNoResponders(error: unknown): boolean {
  return findCause(error, errors.NoRespondersError) !== undefined;
}

/** Whether the broker keeps no streams for this account. */
export function isNotEnabled(error: unknown): boolean {
  return isNoResponders(error) || [NOT_ENABLED, NOT_ENABLED_FOR_ACCOUNT].includes(findApiError(error)?.code ?? 0);
}

export function isStreamNotFound(error: unknown): boolean {
  return findApiError(error)?.code === STREAM_NOT_FOUND;
}

export function isConsumerNotFound(error: unknown): boolean {
  return findApiError(error)?.code === CONSUMER_NOT_FOUND;
}

/** Whether the server has answered, with a refusal. */
export function isRefused(error: unknown): boolean {
  return findApiError(error) !== undefined;
}

/** The server's refusal to let something be published, if that is what it was. */
export function findViolation(error: unknown): Violation | undefined {
  return findCause(error, errors.PermissionViolationError);
}

/** The error for an act that may not be done. */
export function notPermitted(violation: Violation): TransportError {
  const error = toTransportError(violation);
  if (!violation.subject.startsWith('$JS.')) return error;
  const advice =
    'credentials that an earlier version’s init made lack this: make the network’s files anew with remaphore init, ' +
    'or take the host out of all of them and add it again with remaphore init --add';
  return new TransportError('not-permitted', `${error.message} (${advice})`, { cause: violation });
}

/**
 * The error for whatever a call came to.
 *
 * @param about the stream
 */
export function toStoreError(error: unknown, about: string): TransportError {
  if (error instanceof TransportError) return error;
  const violation = findViolation(error);
  if (violation) return notPermitted(violation);
  const refusal = findApiError(error);
  if (refusal) {
    return new TransportError(codeOf(refusal.code), `${about}: the server says: ${refusal.message}`, { cause: error });
  }
  if (error instanceof errors.ClosedConnectionError) return toTransportError(error);
  return new TransportError('store-failed', `${about}: ${toError(error).message}`, { cause: error });
}

function findApiError(error: unknown): JetStreamApiError | undefined {
  return findCause(error, JetStreamApiError);
}

/** An error of a class, itself or what it was caused by: the libraries wrap them, some more than once. */
function findCause<T>(error: unknown, type: new (...args: never[]) => T): T | undefined {
  if (error instanceof type) return error;
  return error instanceof Error && error.cause !== undefined ? findCause(error.cause, type) : undefined;
}

function codeOf(code: number): TransportErrorCode {
  if (MISSING.has(code)) return 'no-stream';
  if (CONFLICTS.has(code)) return 'conflict';
  return TOO_FEW.has(code) ? 'too-few-brokers' : 'store-failed';
}
