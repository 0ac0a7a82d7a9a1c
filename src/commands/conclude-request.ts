import type { Request } from '../signal/request.ts';
import { TransportError } from '../transport/errors.ts';
import type { Session } from './session.ts';

/**
 * What is to be known of a request that has ended: whether anybody could have answered at all.
 *
 * @param replies how many came
 * @returns true when the server said that nobody is subscribed
 * @throws TransportError 'unreachable' when nothing came because there was no connection, or whatever kept the request
 *   from being sent
 */
export async function concludeRequest(request: Request, { node, stop }: Session, replies: number): Promise<boolean> {
  const outcome = await request.sent.catch((error: unknown) => {
    if (stop.aborted) return undefined;
    throw error;
  });
  if (replies > 0) return false;
  if (outcome?.nobodyListens) return true;
  if (outcome === undefined || !node.connected) {
    throw new TransportError('unreachable', 'not connected to a server when the time ran out');
  }
  return false;
}
