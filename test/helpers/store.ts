// The streams of a server, as the program uses them.

import { readFileSync } from 'node:fs';
import { parseCredentials } from '../../src/transport/credentials.ts';
import { connectNats } from '../../src/transport/nats.ts';
import type { Store, StreamReader, StreamSettings } from '../../src/transport/store.ts';
import type { Transport } from '../../src/transport/transport.ts';

/** A connection with its store. */
export interface OpenStore {
  transport: Transport;
  store: Store;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Connects without opening what the server keeps. */
export async function connectTransport(urls: string | string[], credentials?: string): Promise<Transport> {
  const parsed =
    credentials === undefined ? undefined : parseCredentials(readFileSync(credentials, 'utf8'), credentials);
  return connectNats({ servers: [urls].flat(), credentials: parsed, tls: {} }, {}, AbortSignal.timeout(20_000));
}

/** @param credentials path of a credentials file */
export async function openStore(urls: string | string[], credentials?: string): Promise<OpenStore> {
  const transport = await connectTransport(urls, credentials);
  const store = await transport.openStore(AbortSignal.timeout(20_000));
  return { transport, store, [Symbol.asyncDispose]: () => transport.close() };
}

/** Settings of a stream, on one broker and without limits if nothing else is said. */
export function streamSettings(name: string, changes: Partial<StreamSettings> = {}): StreamSettings {
  const defaults = { maxAgeMs: 0, maxBytes: -1, replicas: 1, appendOnly: false, description: 'of a test' };
  return { name, subjects: [`${name}.>`], ...defaults, ...changes };
}

/** Takes so many messages of a reader, as text; the reader stays open. */
export async function take(iterator: AsyncIterator<{ data: Uint8Array }>, count: number): Promise<string[]> {
  const texts: string[] = [];
  while (texts.length < count) {
    const { value, done } = await iterator.next();
    if (done) throw new Error(`it ended after ${texts.length} of ${count}`);
    texts.push(Buffer.from(value.data).toString());
  }
  return texts;
}

/** Takes what there was to read at first, as text, and closes the reader. */
export async function takeAll(reader: StreamReader): Promise<string[]> {
  const texts: string[] = [];
  if (reader.pending > 0) {
    for await (const { data, pending } of reader) {
      texts.push(Buffer.from(data).toString());
      if (pending === 0) break;
    }
  }
  reader.close();
  return texts;
}

/** `<prefix>0` and so on. */
export function numbered(prefix: string, count: number, first = 0): string[] {
  return Array.from({ length: count }, (_, i) => `${prefix}${first + i}`);
}
