// A broker that is ended at random and comes back, and when somebody could not be reached because of it.

import { setTimeout as delay } from 'node:timers/promises';
import type { Program } from '../helpers/program.ts';
import type { TestServer } from '../helpers/server.ts';

/** A listener is up to so long behind its own word that it is connected again: it subscribes afterwards. */
const SLACK_MS = 1000;
const [MIN_UP_MS, MAX_UP_MS, MAX_DOWN_MS] = [3000, 12_000, 2000];
const BACK = 'connected to a server again';

/** When a listener was not there to hear, by the clock of `performance.now`. */
export class Outages {
  /** how often the broker was ended */
  count = 0;
  readonly #spans: { fromMs: number; toMs: number }[] = [];
  readonly #random: () => number;
  readonly #server: TestServer;
  readonly #listeners: readonly Program[];

  constructor(server: TestServer, listeners: readonly Program[], random: () => number) {
    this.#server = server;
    this.#listeners = listeners;
    this.#random = random;
  }

  /** Ends the broker and starts it again and again, until told to stop; the listeners are back then. */
  async run(stop: AbortSignal): Promise<void> {
    for (;;) {
      await pause(MIN_UP_MS + this.#random() * (MAX_UP_MS - MIN_UP_MS), stop);
      if (stop.aborted) return;
      const words = this.#listeners.map((listener) => countBack(listener));
      const span = { fromMs: performance.now(), toMs: Number.POSITIVE_INFINITY };
      this.#spans.push(span);
      this.count++;
      await this.#server.stop(this.#random() < 0.5 ? 'SIGKILL' : 'SIGTERM');
      await pause(this.#random() * MAX_DOWN_MS, stop);
      await this.#server.start();
      await Promise.all(this.#listeners.map((listener, i) => isBack(listener, words[i] as number)));
      span.toMs = performance.now() + SLACK_MS;
    }
  }

  /** Whether anybody was away at any moment of a time. */
  touch(fromMs: number, toMs: number): boolean {
    return this.#spans.some((span) => span.fromMs <= toMs && fromMs <= span.toMs);
  }
}

function countBack(listener: Program): number {
  return listener.stderr.split(BACK).length;
}

async function isBack(listener: Program, before: number): Promise<void> {
  const ended = listener.finished.then(({ exitCode, stderr }) => {
    throw new Error(`a listener has ended with ${exitCode}: ${stderr.slice(-500)}`);
  });
  ended.catch(() => {});
  while (countBack(listener) === before) await Promise.race([pause(20), ended]);
}

/** Waits, or until told to stop. */
export async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal }).catch(() => {});
}
