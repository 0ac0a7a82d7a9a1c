import type { Config } from '../config/config.ts';
import { TransportError } from '../transport/errors.ts';
import type { CommandContext } from './context.ts';
import type { HistoryOptions } from './options.ts';
import { runSession, type Session } from './session.ts';

/** How long the server may take when -t does not say. */
const DEFAULT_TIMEOUT_MS = 5000;

/**
 * Connects and works with what the server keeps.
 *
 * @throws TransportError 'unreachable' when the time runs out; as `runSession`
 */
export async function runHistorySession(
  config: Config,
  { timeoutMs = DEFAULT_TIMEOUT_MS }: HistoryOptions,
  context: CommandContext,
  work: (session: Session) => Promise<number>,
): Promise<number> {
  return runSession(config, timeoutMs, context, async (session) => {
    try {
      return await work(session);
    } catch (error) {
      if (error !== session.stop.reason) throw error;
      throw new TransportError('unreachable', 'the server did not answer in time', { cause: error });
    }
  });
}
