import type { DurableMessage } from '../signal/durable-message.ts';
import type { Output } from './context.ts';
import { ExitCode } from './exit-code.ts';
import { formatMs } from './format-time.ts';
import type { ReceiveCommandOptions } from './options.ts';

/**
 * Deals with a message, and says how it ended: well, or it comes again, or it is set aside.
 *
 * @param deal returns what its script ended with, or 0
 * @param stop what was under way when it is aborted is given back
 * @throws as `deal`, when the message has been given back, and as the broker
 */
export async function concludeDurable(
  message: DurableMessage,
  deal: () => Promise<number>,
  { script }: ReceiveCommandOptions,
  output: Output,
  stop: AbortSignal,
): Promise<void> {
  let exitCode: number;
  try {
    exitCode = await deal();
  } catch (error) {
    await message.giveBack().catch(() => {});
    throw error;
  }
  if (exitCode === ExitCode.ok) return message.done();
  // Its script did not fail, it was ended.
  if (stop.aborted) return message.giveBack();
  const { id, attempt } = message;
  const failure = await message.failed(exitCode);
  const facts = { id, attempt, exit_code: exitCode };
  const text = `${id}: ${script[0]} ended with ${exitCode}, try ${attempt}`;
  if (failure.kind === 'set-aside') {
    output.warning(`${text}: set aside; to run it again: remaphore history retry ${id}`, facts);
  } else {
    output.notice(`${text}: again in ${formatMs(failure.delayMs)}`, { ...facts, again_ms: failure.delayMs });
  }
}
