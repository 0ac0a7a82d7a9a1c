import type { Delivery, PublishOptions, Transport } from './transport.ts';

/** Something that is said, and where its answer comes. */
export interface Question extends Pick<PublishOptions, 'replyTo' | 'traceTo'> {
  subject: string;
  data: Uint8Array;
  /** where the answer comes */
  listenOn: string;
  /** whether what came there is the answer */
  isAnswer(delivery: Delivery): boolean;
  /** how long to wait for it; default a second */
  withinMs?: number;
}

/** An answer that takes longer is not waited for, unless the question says so. */
const ANSWER_MS = 1000;

/**
 * Says something and waits for the answer.
 *
 * @param monotonicMs tells the time
 * @returns how long it took in milliseconds, or undefined when there was no answer in time
 * @throws TransportError; the signal's reason when it is aborted
 */
export async function exchange(
  transport: Transport,
  { subject, data, listenOn, isAnswer, withinMs = ANSWER_MS, ...options }: Question,
  monotonicMs: () => number,
  signal: AbortSignal,
): Promise<number | undefined> {
  const answered = new AbortController();
  let arrivedMs: number | undefined;
  const subscription = transport.subscribe(listenOn, {
    onDelivery(delivery) {
      const nowMs = monotonicMs();
      if (arrivedMs !== undefined || !isAnswer(delivery)) return;
      arrivedMs = nowMs;
      answered.abort();
    },
    onEnd() {},
  });
  try {
    await transport.confirm(signal);
    const sentMs = monotonicMs();
    await transport.publish(subject, data, { ...options, signal });
    await wait(withinMs, AbortSignal.any([signal, answered.signal]));
    signal.throwIfAborted();
    return arrivedMs === undefined ? undefined : arrivedMs - sentMs;
  } finally {
    subscription.close();
  }
}

/** Resolves after some time, or when the signal is aborted. */
function wait(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    const stop = () => {
      clearTimeout(timer);
      resolve();
    };
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
}
