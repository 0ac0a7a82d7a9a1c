import { DEFAULT_CHANNEL } from '../protocol/constants.ts';
import { historySubjects, streamName } from '../protocol/streams.ts';
import { planSubject } from '../signal/send.ts';
import { TransportError } from '../transport/errors.ts';
import type { Store, StreamFacts, StreamSettings } from '../transport/store.ts';
import { type Command, openConfig } from './context.ts';
import { ExitCode } from './exit-code.ts';
import { describeStream, toStreamRecord } from './history-info.ts';
import { runHistorySession } from './history-session.ts';
import type { HistoryCreateOptions } from './options.ts';

const DEFAULT_MAX_AGE_MS = 7 * 24 * 60 * 60 * 1000;
const DEFAULT_MAX_BYTES = 2 ** 30;
const NO_LIMIT = -1;

/** Has the server keep what is sent, or changes what it keeps. Channels that are kept stay so. */
export const runHistoryCreate: Command<HistoryCreateOptions> = async (options, context) => {
  const { output } = context;
  const config = await openConfig(options.config, output);
  for (const channel of options.channels) planSubject(config, channel);
  return runHistorySession(config, options, context, async ({ node, stop }) => {
    const store = await node.store(stop);
    const name = streamName(config.subject, 'history');
    const { facts, change } = await makeOrChange(
      store,
      name,
      (before) => plan(name, config.subject, options, before),
      stop,
    );
    if (output.json) await output.record(toStreamRecord(facts, config, change));
    else await output.data(Buffer.from(`${change}\n${describeStream(facts, config)}`));
    return ExitCode.ok;
  });
};

/** @param before what there is; undefined: nothing */
function plan(
  name: string,
  subject: string,
  { channels, maxAgeMs, maxBytes, replicas }: HistoryCreateOptions,
  before: StreamFacts | undefined,
): StreamSettings {
  const limit = maxBytes === 0 ? NO_LIMIT : maxBytes;
  return {
    name,
    subjects: [...new Set([...(before?.subjects ?? []), ...historySubjects(subject, [DEFAULT_CHANNEL, ...channels])])],
    description: before?.description || 'remaphore: what was sent',
    maxAgeMs: maxAgeMs ?? before?.maxAgeMs ?? DEFAULT_MAX_AGE_MS,
    maxBytes: limit ?? before?.maxBytes ?? DEFAULT_MAX_BYTES,
    replicas: replicas ?? before?.replicas ?? 1,
    appendOnly: before?.appendOnly ?? false,
  };
}

type Change = 'created' | 'changed' | 'unchanged';

async function makeOrChange(
  store: Store,
  name: string,
  settings: (before: StreamFacts | undefined) => StreamSettings,
  signal: AbortSignal,
): Promise<{ facts: StreamFacts; change: Change }> {
  let before = await store.info(name, signal);
  if (before === undefined) {
    try {
      return { facts: await store.create(settings(undefined), signal), change: 'created' };
    } catch (error) {
      if (!(error instanceof TransportError && error.code === 'conflict')) throw error;
      // Somebody may have made it in this moment; or another stream holds one of the subjects.
      before = await store.info(name, signal);
      if (before === undefined) throw error;
    }
  }
  const wanted = settings(before);
  if (isSame(before, wanted)) return { facts: before, change: 'unchanged' };
  return { facts: await store.update(wanted, signal), change: 'changed' };
}

function isSame(before: StreamSettings, wanted: StreamSettings): boolean {
  return (
    before.subjects.length === wanted.subjects.length &&
    before.maxAgeMs === wanted.maxAgeMs &&
    before.maxBytes === wanted.maxBytes &&
    before.replicas === wanted.replicas
  );
}
