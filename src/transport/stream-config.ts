import { RetentionPolicy, StorageType, type StreamConfig, type StreamInfo } from '@nats-io/jetstream';
import type { StreamFacts, StreamSettings } from './store.ts';

// Between a stream's settings here and the broker's.

/** Of what nobody may delete: the longest entry takes a quarter of it, and a stranger cannot fill the disk with few. */
const MAX_ENTRY_BYTES = 8192;

/** How long the broker knows the ids of what it stored. */
const DUPLICATE_WINDOW_MS = 120_000;
const NS_PER_MS = 1e6;

/** A stream as the broker is to make it. */
export function toStreamConfig(settings: StreamSettings): Partial<StreamConfig> & { name: string } {
  const { name, subjects, description, maxAgeMs, maxBytes, replicas, appendOnly } = settings;
  return {
    name,
    subjects: [...subjects],
    description,
    storage: StorageType.File,
    retention: RetentionPolicy.Limits,
    max_age: maxAgeMs * NS_PER_MS,
    max_bytes: maxBytes,
    ...(appendOnly && { max_msg_size: MAX_ENTRY_BYTES }),
    num_replicas: replicas,
    // It may not be longer than messages are kept.
    duplicate_window: (maxAgeMs === 0 ? DUPLICATE_WINDOW_MS : Math.min(DUPLICATE_WINDOW_MS, maxAgeMs)) * NS_PER_MS,
    deny_delete: appendOnly,
    deny_purge: appendOnly,
  };
}

/** What the broker says of a stream. */
export function toStreamFacts({ config, state }: StreamInfo): StreamFacts {
  const some = state.messages > 0;
  return {
    name: config.name,
    subjects: config.subjects ?? [],
    description: config.description ?? '',
    maxAgeMs: Math.round(config.max_age / NS_PER_MS),
    maxBytes: config.max_bytes,
    replicas: config.num_replicas,
    appendOnly: config.deny_delete === true && config.deny_purge === true,
    firstSeq: state.last_seq === 0 ? 0 : state.first_seq,
    lastSeq: state.last_seq,
    messages: state.messages,
    bytes: state.bytes,
    firstMs: some ? Date.parse(state.first_ts) : undefined,
    lastMs: some ? Date.parse(state.last_ts) : undefined,
  };
}
