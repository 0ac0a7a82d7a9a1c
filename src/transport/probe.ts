// One server, examined with the node's own credentials: what works is tried, one thing after the other. Whatever is
// not permitted ends a connection, and the next thing is tried on another, so that no refusal hides a second one.
// Nothing is said that any host would act on: see ProbeSubjects.

import type { DialOptions } from './dial.ts';
import { cutWords, isRefusal, toError } from './nats-errors.ts';
import { type Act, ProbeConnections } from './probe-connections.ts';
import { askForJetStream, type JetStream } from './probe-jetstream.ts';
import { type BrokerClock, measureBrokerClock, measureTrip, type ProbeClock, type Trip } from './probe-time.ts';
import type { ServerFacts, Transport } from './transport.ts';

/** What is tried, and with which words. */
export interface ProbeSubjects {
  /** where messages travel */
  message: string;
  /** where replies travel: random, so that nobody else is subscribed */
  reply: string;
  /** Bytes for `reply`, different each time, that nobody takes for anything. */
  encodeReply(): Uint8Array;
  /** Bytes for `message` that every host refuses: for servers that cannot be asked without saying something. */
  encodeMessage(): Uint8Array;
}

/** How to examine a server. */
export interface ProbeOptions extends Pick<DialOptions, 'credentials' | 'tls' | 'wantsTls'> {
  subjects: ProbeSubjects;
  clock: ProbeClock;
  /** ends the examination; what has been found until then is kept */
  signal: AbortSignal;
}

/** Whether something is permitted. */
export interface PermissionFact {
  act: Act;
  subject: string;
  /** the server's words; undefined: it is permitted */
  refusal: string | undefined;
}

/** Why the examination went no further. */
export interface ProbeFailure {
  /** `tls`: no encrypted connection; `refused`: the credentials; `ended`: what came after the connection had been made */
  kind: 'unreachable' | 'tls' | 'refused' | 'ended';
  /** a clause; holds no secret */
  reason: string;
}

/** What was found; what is undefined was not come to, or could not be had. */
export interface Probe {
  server: string;
  failure?: ProbeFailure;
  /** how long it took to connect, in milliseconds */
  connectMs?: number;
  facts?: ServerFacts;
  maxPayloadBytes?: number;
  /** when the server's certificate ends, Unix time in milliseconds */
  certificateEndsMs?: number;
  permissions: PermissionFact[];
  jetStream?: JetStream;
  trip?: Trip | undefined;
  brokerClock?: BrokerClock | undefined;
}

/** Examines one server. Whatever goes wrong is a part of what is found. */
export async function probeServer(server: string, options: ProbeOptions): Promise<Probe> {
  const probe: Probe = { server, permissions: [] };
  const connections = new ProbeConnections(server, options, (endsMs) => {
    probe.certificateEndsMs = endsMs;
  });
  try {
    await examine(probe, connections, options);
  } catch (error) {
    probe.failure = toFailure(toError(error), probe, options.signal);
  } finally {
    await connections.close();
  }
  return probe;
}

async function examine(probe: Probe, connections: ProbeConnections, options: ProbeOptions): Promise<void> {
  const { subjects, clock, signal } = options;
  const startedMs = clock.monotonicMs();
  const transport = await connections.open();
  probe.connectMs = clock.monotonicMs() - startedMs;
  probe.maxPayloadBytes = transport.maxPayloadBytes;
  if (transport.server !== undefined) probe.facts = transport.server;
  // A certificate is only shown to who insists on TLS.
  if (probe.facts?.tls && probe.certificateEndsMs === undefined) await connections.renew({ wantsTls: true });

  const attempt = async (act: Act, subject: string, work: (transport: Transport) => Promise<void>) => {
    const refusal = await connections.attempt(act, work);
    probe.permissions.push({ act, subject, refusal });
    return refusal === undefined;
  };
  const subscribe = (subject: string) => attempt('subscribe', subject, (on) => subscribeOnce(on, subject, signal));
  await subscribe(subjects.message);
  const hears = await subscribe(subjects.reply);
  const answers = await attempt('publish', subjects.reply, (on) =>
    on.publish(subjects.reply, subjects.encodeReply(), { signal }),
  );
  // The server checks the permission for where it reports to as well.
  const traceTo = probe.facts?.canTrace && answers ? subjects.reply : undefined;
  await attempt('publish', subjects.message, (on) =>
    on.publish(subjects.message, subjects.encodeMessage(), { traceTo, signal }),
  );

  await connections.attempt('subscribe', async (on) => {
    probe.jetStream = await askForJetStream(on, probe.connectMs ?? 0, clock.monotonicMs, signal);
  });
  // Not being permitted to ask is no fault.
  probe.jetStream ??= 'unknown';
  if (!hears || !answers) return;
  await connections.attempt('subscribe', async (on) => {
    probe.trip = await measureTrip(on, subjects, clock, signal);
    if (probe.facts?.canTrace) probe.brokerClock = await measureBrokerClock(on, subjects.reply, clock, signal);
  });
}

async function subscribeOnce(transport: Transport, subject: string, signal: AbortSignal): Promise<void> {
  const subscription = transport.subscribe(subject, { onDelivery() {}, onEnd() {} });
  await transport.confirm(signal);
  subscription.close();
}

function toFailure(error: Error, probe: Probe, signal: AbortSignal): ProbeFailure {
  const isLate = signal.aborted && error === toError(signal.reason);
  const reason = isLate ? 'no answer in time' : describe(error);
  if (probe.connectMs !== undefined) return { kind: 'ended', reason };
  if (isLate) return { kind: 'unreachable', reason };
  if (isRefusal(error)) return { kind: 'refused', reason };
  // A server that wants a certificate of us hangs up after it has shown its own, with or without a word.
  const isTls = isTlsFault(error) || probe.certificateEndsMs !== undefined;
  return { kind: isTls ? 'tls' : 'unreachable', reason };
}

/** OpenSSL surrounds its reason with where in its source it comes from. */
function describe({ message }: Error): string {
  return /:SSL routines:[^:]*:([^:]+):/.exec(message)?.[1] ?? (cutWords(message.trim()) || 'no answer');
}

/** Whether a connection was made that could not be encrypted, or not to whom it should be. */
function isTlsFault({ message, ...error }: Error & { code?: string }): boolean {
  const code = String(error.code ?? '');
  if (/^(ERR_(TLS|SSL|OSSL)|CERT_|SELF_SIGNED|DEPTH_ZERO|UNABLE_TO_(GET|VERIFY))/.test(code)) return true;
  return /certificate|'tls'|\bssl\b|\btls\b|handshake|altnames/i.test(message);
}
