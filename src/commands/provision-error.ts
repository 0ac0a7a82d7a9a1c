import { ProvisionError } from '../provision/errors.ts';
import { HOW_TO_INSTALL, NatsServerNotFound } from '../provision/find-nats-server.mjs';
import { UsageError } from '../signal/errors.ts';

/** What went wrong with a network that was to be made, as something to be asked for in another way; others as they are. */
export function toUsageError(error: unknown): unknown {
  if (error instanceof ProvisionError) return new UsageError('option', error.message, error.hint);
  if (error instanceof NatsServerNotFound) return new UsageError('option', error.message, HOW_TO_INSTALL);
  return error;
}
