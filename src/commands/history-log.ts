import { constants } from 'node:os';
import type { HistoryEntry } from '../signal/history.ts';
import { TransportError } from '../transport/errors.ts';
import { type Command, type Output, openConfig } from './context.ts';
import { ExitCode } from './exit-code.ts';
import { HistoryLines } from './history-line.ts';
import { runHistorySession } from './history-session.ts';
import type { HistoryLogOptions } from './options.ts';
import { onReaderGone } from './reader-gone.ts';
import { toEntryRecord } from './records.ts';

/** Written at once at most; the widths of the columns are those of the first so many. */
const MAX_BATCH = 256;

/** Shows what was sent: the audit log. */
export const runHistoryLog: Command<HistoryLogOptions> = async (options, context) => {
  const { output } = context;
  const config = await openConfig(options.config, output);
  return runHistorySession(config, options, context, async ({ node, stop, interrupt, takeTime }) => {
    const { sinceMs, destination, publicKey, uuid, verbs, channels, follow } = options;
    const filter = { sinceMs, destination, publicKey, uuid, verbs, channels };
    const readerGone = new AbortController();
    // Nothing may be written for long.
    if (follow) onReaderGone(() => readerGone.abort());
    const signal = AbortSignal.any([stop, readerGone.signal]);
    const history = await node.history({ ...filter, follow, signal });
    // It may be long; what -t says is said of the whole.
    if (options.timeoutMs === undefined) takeTime();
    const lines = new HistoryLines(output.columns);
    let batch: HistoryEntry[] = [];
    const write = async () => {
      const entries = batch;
      batch = [];
      await print(entries, lines, output, stop);
    };
    for await (const entry of history) {
      batch.push(entry);
      if (batch.length >= MAX_BATCH || history.isCaughtUp) await write();
    }
    if (readerGone.signal.aborted) return ExitCode.signal + constants.signals.SIGPIPE;
    await write();
    if (stop.aborted && !interrupt.signal.aborted && !follow) {
      throw new TransportError('unreachable', 'the time ran out before everything was read');
    }
    return ExitCode.ok;
  });
};

async function print(
  entries: readonly HistoryEntry[],
  lines: HistoryLines,
  output: Output,
  signal: AbortSignal,
): Promise<void> {
  if (entries.length === 0) return;
  if (output.json) await output.record(entries.map(toEntryRecord), signal);
  else await output.data(Buffer.from(await lines.format(entries)), signal);
}
