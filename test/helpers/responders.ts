// Nodes that answer requests, played over a plain connection: as many as a test needs, honest or not.

import type { Msg, NatsConnection } from 'nats';
import { type ForgedFields, forgeMessage, forgeReply } from './forge.ts';
import type { TestNode } from './network.ts';
import { replySubject } from './wire.ts';

/** A request that somebody answers. */
export interface Asked {
  /** the request's bytes */
  request: Buffer;
  /** where replies go */
  subject: string;
  /** the message as the client library gives it */
  message: Msg;
  /** Sends a node's reply. */
  answer(node: TestNode, payload: string, options?: { bound?: boolean }): void;
  /** Sends a reply with these fields, which may be none. */
  forge(node: TestNode, fields: ForgedFields): void;
  /** Sends bytes as they are. */
  raw(bytes: Uint8Array): void;
}

/** Calls `respond` for each message on a subject; resolves once the server has the subscription. */
export async function respondWith(
  client: NatsConnection,
  subject: string,
  respond: (asked: Asked) => void,
): Promise<void> {
  const prefix = subject.slice(0, subject.indexOf('.'));
  client.subscribe(subject, {
    callback: (_, message) => {
      const request = Buffer.from(message.data);
      const replies = replySubject(request, prefix);
      const raw = (bytes: Uint8Array) => client.publish(replies, bytes);
      respond({
        request,
        subject: replies,
        message,
        raw,
        answer: (node, payload, options) => raw(forgeReply(node.keys, request, payload, options)),
        forge: (node, fields) => raw(forgeMessage(node.keys, { destination: '', verb: 'reply', ...fields })),
      });
    },
  });
  await client.flush();
}
