import type { Request } from '../signal/request.ts';
import { TransportError } from '../transport/errors.ts';
import type { Session } from './session.ts';

/**
 * What came of a request that has ended.
 *
 * `answered`: at least one reply. `nobody-listens`: the server said that nobody is subscribed. `silent`: who is has not
 * answered. `unreachable`: nothing came because there was no connection.
 */
export type RequestOutcome = 'answered' | 'nobody-listens' | 'silent' | 'unreachable';

/**
 * What is to be known of a request that has ended.
 *
 * @param replies how many came
 * @throws TransportError whatever kept the request from being sent, unless the time had run out
 */
export async function concludeRequest(
  request: Request,
  { node, stop }: Session,
  replies: number,
): Promise<RequestOutcome> {
  const sent = await request.sent.catch((error: unknown) => {
    if (stop.aborted) return undefined;
    throw error;
  });
  if (replies > 0) return 'answered';
  if (sent?.nobodyListens) return 'nobody-listens';
  return sent === undefined || !node.connected ? 'unreachable' : 'silent';
}

/** The error for a request that nothing came of for want of a connection. */
export function unreachableError(): TransportError {
  return new TransportError('unreachable', 'not connected to a server when the time ran out');
}
