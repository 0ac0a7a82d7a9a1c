// How long something takes by way of a server, and what time it is there.

import { exchange } from './probe-exchange.ts';
import type { Delivery, Transport } from './transport.ts';

/** Where the times come from. */
export interface ProbeClock {
  /** Unix time in milliseconds */
  nowMs(): number;
  /** milliseconds by a clock that is never set */
  monotonicMs(): number;
}

/** A message to ourselves, by way of the server. */
export interface Trip {
  /** the shortest of several, in milliseconds */
  roundTripMs: number;
  /** by how much this host's clock was set meanwhile, in milliseconds: positive when forward */
  setMs: number;
}

/** The server's clock. */
export interface BrokerClock {
  /** how far it is ahead of this host's, in milliseconds */
  aheadMs: number;
  /** how far the truth may be from that */
  uncertaintyMs: number;
}

/** The shortest of so many says most. */
const SAMPLES = 5;
/** Wall time comes in whole milliseconds. */
const RESOLUTION_MS = 1;

/**
 * Sends messages to ourselves.
 *
 * @returns undefined when none of them came back
 */
export async function measureTrip(
  transport: Transport,
  { reply, encodeReply }: { reply: string; encodeReply(): Uint8Array },
  clock: ProbeClock,
  signal: AbortSignal,
): Promise<Trip | undefined> {
  const [startWallMs, startMs] = [clock.nowMs(), clock.monotonicMs()];
  let roundTripMs: number | undefined;
  for (let i = 0; i < SAMPLES; i++) {
    const data = Buffer.from(encodeReply());
    const isAnswer = (delivery: Delivery) => data.equals(delivery.data);
    const question = { subject: reply, data, listenOn: reply, isAnswer };
    const tookMs = await exchange(transport, question, clock.monotonicMs, signal);
    if (tookMs === undefined) break;
    roundTripMs = Math.min(roundTripMs ?? tookMs, tookMs);
  }
  const setMs = clock.nowMs() - startWallMs - (clock.monotonicMs() - startMs);
  return roundTripMs === undefined ? undefined : { roundTripMs, setMs };
}

/**
 * Has the server tell its time, by asking it to trace a message that it delivers to nobody.
 *
 * @param subject where the report goes, and the message would
 * @returns undefined when it reports nothing that could be read
 */
export async function measureBrokerClock(
  transport: Transport,
  subject: string,
  clock: ProbeClock,
  signal: AbortSignal,
): Promise<BrokerClock | undefined> {
  let best: BrokerClock | undefined;
  for (let i = 0; i < SAMPLES; i++) {
    let brokerMs: number | undefined;
    let arrivedMs = 0;
    const question = {
      subject,
      data: new Uint8Array(),
      listenOn: subject,
      traceTo: subject,
      isAnswer({ data }: Delivery) {
        arrivedMs = clock.nowMs();
        brokerMs = readReportTime(data);
        return brokerMs !== undefined;
      },
    };
    const tookMs = await exchange(transport, question, clock.monotonicMs, signal);
    if (tookMs === undefined || brokerMs === undefined) break;
    const uncertaintyMs = tookMs / 2 + RESOLUTION_MS;
    if (best !== undefined && best.uncertaintyMs <= uncertaintyMs) continue;
    best = { aheadMs: brokerMs - (arrivedMs - tookMs / 2), uncertaintyMs };
  }
  return best;
}

/** When the server got the message (https://github.com/nats-io/nats-architecture-and-design, ADR-41), Unix time in ms. */
function readReportTime(data: Uint8Array): number | undefined {
  try {
    const { events } = JSON.parse(Buffer.from(data).toString('utf8')) as { events: { type: string; ts: string }[] };
    const ingress = events.find(({ type }) => type === 'in');
    const [, seconds, fraction = '0'] = /^(.*\d\d:\d\d:\d\d)(?:\.(\d+))?Z$/.exec(ingress?.ts ?? '') ?? [];
    const ms = Date.parse(`${seconds}Z`) + Number(`0.${fraction}`) * 1000;
    return Number.isNaN(ms) ? undefined : ms;
  } catch {
    return undefined;
  }
}
