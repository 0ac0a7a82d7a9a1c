import type { Config } from '../config/config.ts';
import type { CommandContext } from './context.ts';
import type { HistoryOptions } from './options.ts';
import { runSession, type Session } from './session.ts';

/** How long the server may take when -t does not say. */
const DEFAULT_TIMEOUT_MS = 5000;

/**
 * Connects and works with what the server keeps.
 *
 * @throws as `runSession`
 */
export async function runHistorySession(
  config: Config,
  { timeoutMs = DEFAULT_TIMEOUT_MS }: HistoryOptions,
  context: CommandContext,
  work: (session: Session) => Promise<number>,
): Promise<number> {
  return runSession(config, timeoutMs, context, work);
}
