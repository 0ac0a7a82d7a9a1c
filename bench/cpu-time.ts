// The CPU time of another process, to the nanosecond, as the kernel's scheduler counts it for each thread.

import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

const POLL_MS = 5;
/** What an idle process may use between two looks: some wake up now and then. */
const IDLE_NS = 50_000;
const LIMIT_MS = 60_000;

/** CPU time since a process started, in ns. */
export interface CpuTime {
  allNs: number;
  /** of the thread that runs the program's own code */
  mainNs: number;
}

/** Follows one process. */
export class CpuClock {
  readonly #pid: number;
  /** of each thread, also of those that have ended */
  readonly #threads = new Map<string, number>();

  constructor(pid: number) {
    this.#pid = pid;
  }

  read(): CpuTime {
    for (const thread of readdirSync(`/proc/${this.#pid}/task`)) {
      const stat = readIfThere(`/proc/${this.#pid}/task/${thread}/schedstat`);
      if (stat !== undefined) this.#threads.set(thread, Number(stat.split(' ')[0]));
    }
    let allNs = 0;
    for (const ns of this.#threads.values()) allNs += ns;
    return { allNs, mainNs: this.#threads.get(String(this.#pid)) ?? 0 };
  }

  /** Waits until every thread has been asleep for so long. */
  async untilIdle(forMs: number): Promise<CpuTime> {
    const startedMs = performance.now();
    let before = this.read();
    for (let sinceMs = startedMs; performance.now() - sinceMs < forMs; ) {
      if (performance.now() - startedMs > LIMIT_MS) throw new Error('the process never became idle');
      await delay(POLL_MS);
      const now = this.read();
      if (now.allNs - before.allNs > IDLE_NS || !this.#isAsleep()) sinceMs = performance.now();
      before = now;
    }
    return before;
  }

  /** A thread that could run, but has to wait for a processor, is not asleep. */
  #isAsleep(): boolean {
    return readdirSync(`/proc/${this.#pid}/task`).every((thread) => {
      const stat = readIfThere(`/proc/${this.#pid}/task/${thread}/stat`);
      return stat === undefined || stat[stat.lastIndexOf(')') + 2] !== 'R';
    });
  }
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
