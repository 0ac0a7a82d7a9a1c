import { coordinationSubjects, streamName } from '../protocol/streams.ts';
import { TransportError } from '../transport/errors.ts';
import type { Store, StreamFacts, StreamSettings } from '../transport/store.ts';

/** On how many brokers, where there are so many. */
const REPLICAS = 3;

/**
 * The stream that a network's locks and barriers are in; made when there is none yet.
 *
 * @throws TransportError 'conflict' when there is one of that name that is something else
 */
export async function openCoordinationStream(
  store: Store,
  subject: string,
  signal?: AbortSignal,
): Promise<StreamFacts> {
  const name = streamName(subject, 'coordination');
  const there = (await store.info(name, signal)) ?? (await make(store, subject, name, signal));
  const missing = coordinationSubjects(subject).filter((one) => !there.subjects.includes(one));
  if (missing.length > 0 || there.maxAgeMs > 0 || there.maxBytes >= 0) {
    const what = missing.length > 0 ? `does not hold ${missing.join(', ')}` : 'forgets what it holds';
    throw new TransportError('conflict', `stream ${name} is there and ${what}: was it made by something else?`);
  }
  return there;
}

async function make(store: Store, subject: string, name: string, signal?: AbortSignal): Promise<StreamFacts> {
  const settings: StreamSettings = {
    name,
    subjects: coordinationSubjects(subject),
    description: 'remaphore: locks, barriers and durable listeners',
    maxAgeMs: 0,
    maxBytes: -1,
    replicas: REPLICAS,
    appendOnly: true,
  };
  try {
    return await store.create(settings, signal);
  } catch (error) {
    const code = error instanceof TransportError ? error.code : undefined;
    if (code === 'too-few-brokers') return store.create({ ...settings, replicas: 1 }, signal);
    // Somebody else may have made it meanwhile, on fewer brokers.
    const there = code === 'conflict' ? await store.info(name, signal) : undefined;
    if (there === undefined) throw error;
    return there;
  }
}
