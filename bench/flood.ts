// Many messages for one receiver, sent no faster than it reads them, so that nothing is dropped on the way and all of
// its work is done when the next measurement begins.

import { setTimeout as delay } from 'node:timers/promises';
import { RAW_PUBLISHER_NAME, toFrame } from '../test/helpers/raw-publisher.ts';
import type { CpuClock, CpuTime } from './cpu-time.ts';
import { type Setting, SUBJECT } from './setting.ts';

const POLL_MS = 2;
const LIMIT_MS = 60_000;
/** How long a receiver is idle before it is sent more, and when it has had everything. */
const PAUSE_MS = 15;
const END_MS = 100;

/** Messages that may be under way at once. */
export interface Burst {
  frames: Buffer;
  messages: number;
}

/** Makes frames of messages, in bursts of so many. */
export function toBursts(messages: readonly Uint8Array[], perBurst: number): Burst[] {
  const bursts: Burst[] = [];
  for (let i = 0; i < messages.length; i += perBurst) {
    const some = messages.slice(i, i + perBurst);
    bursts.push({ frames: Buffer.concat(some.map((message) => toFrame(message, SUBJECT))), messages: some.length });
  }
  return bursts;
}

/**
 * Sends it all to the only receiver that is connected.
 *
 * @returns the receiver's CPU time when it has worked everything off
 * @throws Error when the server has dropped it
 */
export async function sendBursts(setting: Setting, bursts: readonly Burst[], clock: CpuClock): Promise<CpuTime> {
  let { sent } = await readReceiver(setting);
  for (const { frames, messages } of bursts) {
    setting.publisher.write(frames);
    sent += messages;
    await untilSent(setting, sent);
    await clock.untilIdle(PAUSE_MS);
  }
  return clock.untilIdle(END_MS);
}

/** Waits until the server has written everything to the receiver's connection. */
async function untilSent(setting: Setting, messages: number): Promise<void> {
  const deadlineMs = performance.now() + LIMIT_MS;
  for (;;) {
    const { sent, pendingBytes } = await readReceiver(setting);
    if (sent >= messages && pendingBytes === 0) return;
    if (performance.now() > deadlineMs) throw new Error(`the receiver got ${sent} of ${messages} messages`);
    await delay(POLL_MS);
  }
}

/** The receiver's connection as the server's monitoring shows it. */
async function readReceiver(setting: Setting): Promise<{ sent: number; pendingBytes: number }> {
  const response = await fetch(`${setting.monitorUrl}/connz`);
  const { connections } = (await response.json()) as { connections: Connection[] };
  const [receiver, another] = connections.filter(({ name }) => name !== RAW_PUBLISHER_NAME);
  if (receiver === undefined) throw new Error('the receiver is not connected any more');
  if (another !== undefined) throw new Error('expected one receiver, got several');
  return { sent: receiver.out_msgs, pendingBytes: receiver.pending_bytes };
}

interface Connection {
  name?: string;
  out_msgs: number;
  pending_bytes: number;
}
