// What somebody puts on the subjects of locks and barriers without the program.

import type { NatsConnection } from 'nats';
import { type ForgedFields, forgeMessage, spoilSignature, type TestKeys } from './forge.ts';

/** The subject of a lock's or barrier's entries. */
export function entrySubject(kind: 'lock' | 'barrier', name: string): string {
  return `remaphore.${kind}.${Buffer.from(name).toString('hex')}`;
}

/** An entry as the program would write it, by whatever key. */
export function forgeEntry(
  keys: TestKeys,
  kind: 'lock' | 'barrier',
  name: string,
  act: string,
  fields: ForgedFields = {},
): Buffer {
  const payload = `remaphore-${kind}-1,${act},${entrySubject(kind, name)}`;
  return forgeMessage(keys, { destination: '', verb: kind, payload, quick: true, ...fields });
}

/** Keys for hostile entries. */
export interface HostileKeys {
  /** of a peer that may use the verb: what bears it is not signed by it, or not for this */
  trusted: TestKeys;
  /** of a peer that may not */
  limited: TestKeys;
  /** of nobody that is known */
  stranger: TestKeys;
}

/** One entry of each kind that must not count. */
export function hostileEntries(
  { trusted, limited, stranger }: HostileKeys,
  kind: 'lock' | 'barrier',
  name: string,
  act: string,
  uuidHex?: string,
): Buffer[] {
  const uuid = uuidHex === undefined ? {} : { uuidHex };
  const forge = (keys: TestKeys, fields: ForgedFields = {}, on = name) =>
    forgeEntry(keys, kind, on, act, { ...uuid, ...fields });
  return [
    Buffer.from('no entry at all'),
    Buffer.alloc(1024 * 1024 - 1024, 'x'),
    Buffer.alloc(0),
    forge(stranger),
    forge(limited),
    spoilSignature(forge(trusted)),
    forge(trusted, { timeMs: Date.now() - 3_600_000 }),
    forge(trusted, { timeMs: Date.now() + 3_600_000 }),
    forge(trusted, {}, 'another name'),
    forge(trusted, { verb: 'deploy' }),
    forge(trusted, { destination: '**' }),
    forge(trusted, { wantsReply: true }),
    forge(trusted, { payload: 'something else' }),
    forge(trusted, { payload: Buffer.alloc(500_000, 'x') }),
    forge(trusted, { payload: `remaphore-${kind}-1,${act},extra,${entrySubject(kind, name)}` }),
  ];
}

/** Publishes in order, and waits until the server has all of it. */
export async function publishAll(
  client: NatsConnection,
  subject: string,
  entries: readonly Uint8Array[],
): Promise<void> {
  for (const entry of entries) client.publish(subject, entry);
  await client.flush();
}

/** Collects what is published on a subject from now on. */
export async function collect(client: NatsConnection, subject: string): Promise<Uint8Array[]> {
  const entries: Uint8Array[] = [];
  client.subscribe(subject, { callback: (_, { data }) => void entries.push(data) });
  await client.flush();
  return entries;
}

/** The uuid of an entry that was collected, in hex. */
export function uuidOf(entry: Uint8Array): string {
  return Buffer.from(entry).toString('latin1').split(',')[4] ?? '';
}
