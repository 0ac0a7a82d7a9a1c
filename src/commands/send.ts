import type { Config } from '../config/config.ts';
import { UsageError } from '../signal/errors.ts';
import { connect } from '../signal/node.ts';
import { planSend, type SendOptions } from '../signal/send.ts';
import { TransportError } from '../transport/errors.ts';
import { type Command, type CommandContext, connectOptions, openConfig } from './context.ts';
import { Deadline } from './deadline.ts';
import { ExitCode } from './exit-code.ts';
import type { SendCommandOptions } from './options.ts';

/** How long to try when -t does not say. */
const DEFAULT_TIMEOUT_MS = 5000;

/** No server takes larger messages (its max_payload can be 64 MiB at most), so more need not be read. */
const MAX_STDIN_BYTES = 64 * 1024 * 1024;

/** Publishes one message and ends once the server has it. */
export const runSend: Command<SendCommandOptions> = async (options, context) => {
  const config = await openConfig(options.config, context.output, { deferPeers: true });
  const sendOptions = await readSendOptions(options, config, context);
  if (options.dryRun) {
    const { printPlan } = await import('./dry-run.ts');
    return printPlan(planSend(config, sendOptions), options.uuid !== undefined, config, context.output);
  }
  const { timeoutMs = DEFAULT_TIMEOUT_MS } = options;
  const deadline = new Deadline(timeoutMs);
  const { signal } = deadline;
  try {
    // The process ends the connection with itself: what the server has confirmed needs no farewell.
    const node = await connect(config, connectOptions(context, deadline, signal));
    await node.send({ ...sendOptions, keep: options.keep, signal });
  } catch (error) {
    if (error !== signal.reason) throw error;
    const what = options.keep ? 'say in time that the message is kept; it may be' : 'confirm the message in time';
    throw new TransportError('unreachable', `the server did not ${what}`, { cause: error });
  } finally {
    deadline.dispose();
  }
  return ExitCode.ok;
};

/**
 * What to send; the payload is read from standard input if so asked.
 *
 * @throws UsageError before anything is read when the rest cannot be sent
 */
export async function readSendOptions(
  options: Omit<SendCommandOptions, 'act' | 'keep'>,
  config: Config,
  context: CommandContext,
): Promise<SendOptions> {
  const { destination, publicKey, uuid, verb, channel } = options;
  const sendOptions = { destination, publicKey, uuid, verb, channel };
  planSend(config, sendOptions);
  if (options.payload !== undefined) return { ...sendOptions, payload: options.payload };
  const payload = await context.readStdin(MAX_STDIN_BYTES + 1);
  if (payload.length > MAX_STDIN_BYTES) {
    throw new UsageError(
      'payload-too-large',
      `standard input has more than ${MAX_STDIN_BYTES} bytes, which no server takes`,
    );
  }
  return { ...sendOptions, payload };
}
