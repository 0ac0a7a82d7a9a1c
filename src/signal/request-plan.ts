import type { Config } from '../config/config.ts';
import { matchDestination } from '../protocol/destination.ts';
import { UsageError } from './errors.ts';
import { planSend, type SendOptions, type SendPlan } from './send.ts';

/** A request that is fit to be sent, and who is expected to answer. */
export interface RequestPlan extends SendPlan {
  /** the distinct destinations in Peers that the pattern matches, in their order there */
  responders: readonly string[];
}

/**
 * Checks what is to be asked and of whom; needs no connection.
 *
 * @throws UsageError as `planSend`; 'responders' when the pattern matches no peer
 */
export function planRequest(config: Config, options: SendOptions): RequestPlan {
  const plan = planSend(config, options);
  const matched = config.peers
    .map((peer) => peer.destination)
    .filter((name) => matchDestination(plan.destination, name));
  const responders = [...new Set(matched)];
  if (responders.length === 0) {
    throw new UsageError(
      'responders',
      `no peer has a destination that ${plan.destination} matches, so nobody could answer`,
      'list the hosts to ask under [ Peers ]',
    );
  }
  return { ...plan, responders };
}
