// What a process takes, over time.

import { countDescriptors, listProcesses, readStatus } from '../helpers/processes.ts';

const SAMPLE_MS = 1000;

interface Sample {
  minutes: number;
  memoryKb: number;
  descriptors: number;
}

/** How something has grown in the second half of a run, when all there is to warm up has. */
export interface Growth {
  /** by least squares */
  perMinute: number;
  /** from the first third of that half to its last, of the least there */
  total: number;
}

/** A process, looked at every second. */
export class Watch {
  /** zombies that were seen for longer than it takes to notice that a child has ended */
  readonly zombies = new Set<number>();
  readonly #pid: number;
  readonly #samples: Sample[] = [];
  readonly #timer: NodeJS.Timeout;
  #earlier = new Set<number>();

  constructor(pid: number) {
    this.#pid = pid;
    const startMs = performance.now();
    this.#timer = setInterval(() => {
      const memoryKb = readStatus(pid, 'VmRSS');
      const minutes = (performance.now() - startMs) / 60_000;
      this.#samples.push({ minutes, memoryKb, descriptors: countDescriptors(pid) });
      const zombies = listProcesses().filter(({ parent, isZombie }) => parent === pid && isZombie);
      for (const zombie of zombies) if (this.#earlier.has(zombie.pid)) this.zombies.add(zombie.pid);
      this.#earlier = new Set(zombies.map((zombie) => zombie.pid));
    }, SAMPLE_MS);
  }

  end(): void {
    clearInterval(this.#timer);
  }

  memory(): Growth {
    return this.#growth(({ memoryKb }) => memoryKb);
  }

  descriptors(): Growth {
    return this.#growth(({ descriptors }) => descriptors);
  }

  #growth(read: (sample: Sample) => number): Growth {
    const half = this.#samples.slice(Math.floor(this.#samples.length / 2));
    if (half.length < 3) throw new Error(`process ${this.#pid} was looked at too few times`);
    const third = Math.ceil(half.length / 3);
    const least = (samples: readonly Sample[]) => Math.min(...samples.map(read));
    const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    const [meanX, meanY] = [mean(half.map(({ minutes }) => minutes)), mean(half.map(read))];
    const covariance = mean(half.map((sample) => (sample.minutes - meanX) * (read(sample) - meanY)));
    const variance = mean(half.map((sample) => (sample.minutes - meanX) ** 2));
    return { perMinute: covariance / variance, total: least(half.slice(-third)) - least(half.slice(0, third)) };
  }
}
