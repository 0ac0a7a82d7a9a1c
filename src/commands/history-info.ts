import type { Config } from '../config/config.ts';
import { formatSize } from '../config/size.ts';
import { UsageError } from '../signal/errors.ts';
import { findHistory } from '../signal/history-stream.ts';
import type { StreamFacts } from '../transport/store.ts';
import { type Command, type OutputRecord, openConfig } from './context.ts';
import { ExitCode } from './exit-code.ts';
import { formatMs } from './format-time.ts';
import { runHistorySession } from './history-session.ts';
import type { HistoryCommandOptions } from './options.ts';

/** Shows what is kept, and how much there is of it. */
export const runHistoryInfo: Command<HistoryCommandOptions & { act: 'info' }> = async (options, context) => {
  const { output } = context;
  const config = await openConfig(options.config, output);
  return runHistorySession(config, options, context, async ({ node, stop }) => {
    const { facts } = await findHistory(await node.store(stop), config, undefined, stop);
    if (output.json) await output.record(toStreamRecord(facts, config, undefined));
    else await output.data(Buffer.from(describeStream(facts, config)));
    return ExitCode.ok;
  });
};

/** Deletes everything that is kept, once somebody has said so. */
export const runHistoryDelete: Command<HistoryCommandOptions & { act: 'delete' }> = async (options, context) => {
  const { output } = context;
  const config = await openConfig(options.config, output);
  let isConfirmed = options.yes;
  if (!isConfirmed) {
    const exitCode = await runHistorySession(config, options, context, async ({ node, stop, interrupt, takeTime }) => {
      const { name, facts } = await findHistory(await node.store(stop), config, undefined, stop);
      takeTime();
      const what = `${facts.messages} messages (${formatSize(facts.bytes)})`;
      const answer = await context.ask(`delete stream ${name} with ${what}? type yes: `, interrupt.signal);
      if (answer === undefined && !interrupt.signal.aborted) {
        throw new UsageError('option', 'history delete: deletes everything that is kept', 'to do so: --yes');
      }
      isConfirmed = answer?.trim() === 'yes';
      if (!isConfirmed) output.notice('nothing was deleted');
      return isConfirmed ? ExitCode.ok : ExitCode.nothing;
    });
    if (!isConfirmed) return exitCode;
  }
  return runHistorySession(config, options, context, async ({ node, stop }) => {
    const { store, name, facts } = await findHistory(await node.store(stop), config, undefined, stop);
    await store.remove(name, stop);
    if (output.json) await output.record(toStreamRecord(facts, config, 'deleted'));
    else await output.data(Buffer.from(`deleted stream ${name}: ${facts.messages} messages\n`));
    return ExitCode.ok;
  });
};

/** A stream and its state, a line each. */
export function describeStream(facts: StreamFacts, config: Config): string {
  const { firstMs, lastMs } = facts;
  const span = firstMs === undefined || lastMs === undefined ? '' : `, ${toTime(firstMs)} to ${toTime(lastMs)}`;
  const lines = [
    ['stream', facts.name],
    ['channels', toChannels(facts, config).join(', ')],
    ['messages', `${facts.messages}, ${formatSize(facts.bytes)}${span}`],
    ['kept for', facts.maxAgeMs === 0 ? 'ever' : formatMs(facts.maxAgeMs)],
    ['at most', facts.maxBytes < 0 ? 'as much as there is' : formatSize(facts.maxBytes)],
    ['replicas', `${facts.replicas}`],
  ];
  return lines.map(([name, value]) => `${`${name}:`.padEnd(10)}${value}\n`).join('');
}

/** @param change what was done; undefined: nothing was to be done */
export function toStreamRecord(facts: StreamFacts, config: Config, change: string | undefined): OutputRecord {
  const { firstMs, lastMs } = facts;
  return {
    type: 'stream',
    name: facts.name,
    ...(change !== undefined && { change }),
    channels: toChannels(facts, config),
    messages: facts.messages,
    bytes: facts.bytes,
    first: firstMs === undefined ? null : toTime(firstMs),
    last: lastMs === undefined ? null : toTime(lastMs),
    max_age_ms: facts.maxAgeMs === 0 ? null : facts.maxAgeMs,
    max_bytes: facts.maxBytes < 0 ? null : facts.maxBytes,
    replicas: facts.replicas,
  };
}

function toChannels({ subjects }: StreamFacts, { subject }: Config): string[] {
  return subjects.map((held) => (held.startsWith(`${subject}.`) ? held.slice(subject.length + 1) : held));
}

function toTime(ms: number): string {
  return new Date(ms).toISOString();
}
