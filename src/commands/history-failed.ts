import type { SetAside } from '../signal/failures.ts';
import { type Command, openConfig } from './context.ts';
import { ExitCode } from './exit-code.ts';
import { FailureLines } from './history-line.ts';
import { runHistorySession } from './history-session.ts';
import type { HistoryFailedOptions, HistoryRetryOptions } from './options.ts';
import { toFailureRecord } from './records.ts';

/** Shows what durable listeners have set aside. */
export const runHistoryFailed: Command<HistoryFailedOptions> = async (options, context) => {
  const { output } = context;
  const config = await openConfig(options.config, output);
  return runHistorySession(config, options, context, async ({ node, stop }) => {
    const { failures, gone } = await node.failures(stop);
    if (output.json) await output.record(failures.map(toFailureRecord), stop);
    else if (failures.length > 0) {
      await output.data(Buffer.from(await new FailureLines(output.columns).format(failures)), stop);
    }
    if (gone > 0) output.notice(`${gone} more ${gone === 1 ? 'is' : 'are'} not kept any more`, { gone });
    return ExitCode.ok;
  });
};

/** Has one of them run again. */
export const runHistoryRetry: Command<HistoryRetryOptions> = async (options, context) => {
  const { output } = context;
  const config = await openConfig(options.config, output);
  return runHistorySession(config, options, context, async ({ node, stop }) => {
    const failure: SetAside = await node.retry(options.id, { publicKey: options.publicKey, signal: stop });
    if (output.json) await output.record(toFailureRecord(failure), stop);
    else output.notice(`${failure.id}: to be run again by its listeners`);
    return ExitCode.ok;
  });
};
