// What check says of time: a message counts only while its time is within allow_skew of the receiver's clock.

import type { Probe } from '../transport/probe.ts';
import type { BrokerClock, Trip } from '../transport/probe-time.ts';
import type { CheckRow } from './check-row.ts';
import { formatMs } from './format-time.ts';

/** Wall time comes in whole milliseconds, and is slewed a little all the time. */
const SET_NOTICED_MS = 50;

const SYNCHRONISE = 'synchronise the clock (chrony, systemd-timesyncd)';

type Outcome = Pick<CheckRow, 'severity' | 'detail' | 'advice'>;

/**
 * How this host's clock and its way to a server compare with what is allowed.
 *
 * @param skewMs how far a message's time may be from a receiver's clock
 */
export function checkTime({ trip, facts, brokerClock }: Probe, skewMs: number): Outcome[] {
  const outcomes: Outcome[] = [];
  if (trip !== undefined) outcomes.push(...checkTrip(trip, skewMs));
  if (brokerClock !== undefined) outcomes.push(checkBrokerClock(brokerClock, skewMs));
  else if (trip !== undefined && facts?.canTrace === false) {
    outcomes.push({ severity: 'ok', detail: `the server does not tell its own: version ${facts.version}, 2.11 would` });
  }
  return outcomes;
}

function checkTrip({ roundTripMs, setMs }: Trip, skewMs: number): Outcome[] {
  const detail = `a signed message came back in ${formatMs(roundTripMs)}; allow_skew is ${formatMs(skewMs)}`;
  const outcomes: Outcome[] = [];
  if (roundTripMs / 2 > skewMs) {
    outcomes.push({ severity: 'error', detail, advice: 'no message arrives in time: raise allow_skew on every host' });
  } else if (roundTripMs > skewMs / 2) {
    outcomes.push({ severity: 'warning', detail, advice: 'raise allow_skew on every host' });
  } else outcomes.push({ severity: 'ok', detail });
  if (Math.abs(setMs) > SET_NOTICED_MS) {
    const way = setMs > 0 ? 'forward' : 'back';
    const set = `this host’s clock was set ${way} by ${formatMs(Math.abs(setMs))} during the check`;
    outcomes.push({ severity: 'warning', detail: set, advice: 'let one service alone keep it' });
  }
  return outcomes;
}

function checkBrokerClock({ aheadMs, uncertaintyMs }: BrokerClock, skewMs: number): Outcome {
  const offMs = Math.abs(aheadMs);
  const way = aheadMs > 0 ? 'behind' : 'ahead of';
  const isKnown = offMs > uncertaintyMs;
  const detail = isKnown
    ? `this host’s clock is ${formatMs(offMs)} ${way} the server’s (± ${formatMs(uncertaintyMs)})`
    : `this host’s clock and the server’s agree (± ${formatMs(uncertaintyMs)})`;
  const leastMs = offMs - uncertaintyMs;
  if (leastMs > skewMs) {
    const advice = `${SYNCHRONISE}, here or there: allow_skew is ${formatMs(skewMs)}`;
    return { severity: 'error', detail, advice };
  }
  if (leastMs > skewMs / 2) return { severity: 'warning', detail, advice: `${SYNCHRONISE}, here or there` };
  return { severity: 'ok', detail };
}
