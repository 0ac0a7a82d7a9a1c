import { randomBytes } from 'node:crypto';
import { exchange } from './probe-exchange.ts';
import type { Delivery, Transport } from './transport.ts';

/** Whether JetStream is there for this account; `unknown` when the answer does not say, or none came. */
export type JetStream = 'there' | 'absent' | 'unknown';

/** How a client asks about its account: ADR-2 of NATS. */
const INFO_SUBJECT = '$JS.API.INFO';
/** An old server without JetStream says nothing at all, so the wait is no longer than one that has it would need. */
const MIN_WAIT_MS = 100;
const MAX_WAIT_MS = 1000;
const WAIT_PER_CONNECT = 10;
/** What the server answers for an account that may not use it. */
const NOT_ENABLED = 503;

/**
 * Asks whether JetStream is there.
 *
 * @param connectMs how long it took to connect
 * @throws TransportError, 'not-permitted' when this user may not ask; the signal's reason when it is aborted
 */
export async function askForJetStream(
  transport: Transport,
  connectMs: number,
  monotonicMs: () => number,
  signal: AbortSignal,
): Promise<JetStream> {
  const inbox = `_INBOX.${randomBytes(16).toString('hex')}`;
  // Another server of a cluster may have it, and would answer.
  let answer: JetStream = transport.server?.jetStream ? 'unknown' : 'absent';
  const question = {
    subject: INFO_SUBJECT,
    data: new Uint8Array(),
    listenOn: inbox,
    replyTo: inbox,
    withinMs: Math.min(MAX_WAIT_MS, Math.max(MIN_WAIT_MS, WAIT_PER_CONNECT * connectMs)),
    isAnswer(delivery: Delivery) {
      answer = readAnswer(delivery);
      return true;
    },
  };
  await exchange(transport, question, monotonicMs, signal);
  return answer;
}

function readAnswer({ data, noResponders }: Delivery): JetStream {
  if (noResponders) return 'absent';
  try {
    const { type, error } = JSON.parse(Buffer.from(data).toString('utf8'));
    if (error !== undefined) return error.code === NOT_ENABLED ? 'absent' : 'unknown';
    return typeof type === 'string' && type.includes('account_info') ? 'there' : 'unknown';
  } catch {
    return 'unknown';
  }
}
