// Requests that many answer at once. The responders are played by one process.

import type { TestKeys } from '../test/helpers/forge.ts';
import type { TestNode } from '../test/helpers/network.ts';
import type { Bench } from './bench.ts';
import { type Ended, type Started, start } from './process.ts';
import type { BenchProgram } from './programs.ts';
import { RoleProcess } from './role-process.ts';

/** What the responders are told. */
export interface RespondersOrder {
  /** one that they answer for as well */
  also?: TestKeys;
  /** whether they keep still from now on */
  silent: boolean;
}

/** What the responders say: who they are at first, and of each request how long all replies took to write. */
export interface RespondersReport {
  publicKeys?: string[];
  answeredMs?: number;
}

/** So many responders, and a host that knows them all. */
export class Responders {
  readonly #process: RoleProcess;
  readonly #config: string;
  readonly #count: number;

  private constructor(process: RoleProcess, config: string, count: number) {
    this.#process = process;
    this.#config = config;
    this.#count = count;
  }

  static async open({ setting, roles }: Bench, count: number): Promise<Responders> {
    // The asking host is one of its own peers.
    const args = [setting.server.url, setting.credentials, String(count - 1)];
    const process = RoleProcess.start(roles, 'responders', args);
    const { publicKeys } = await process.next<{ publicKeys: string[] }>();
    const peers = publicKeys.map((key, i) => `com.bench.host${i} ${key} [*]`).join('\n');
    const [asking] = setting.createHosts({ destination: 'com.bench.asking', peers }) as [TestNode];
    const responders = new Responders(process, asking.config, count);
    await responders.#order({ also: asking.keys, silent: false });
    return responders;
  }

  /** Starts a request to all of them. */
  ask(program: BenchProgram, timeout: string): Started {
    return start(program, ['-r', '-D', '**', '-t', timeout], this.#config);
  }

  /** Has a program ask them while they keep still; it must say that nobody answered. */
  async askInVain(program: BenchProgram, watch: (asker: Started) => Promise<number>): Promise<number> {
    await this.#order({ silent: true });
    const asker = this.ask(program, '1s');
    const watched = await watch(asker);
    const { exitCode, stderr } = await asker.ended;
    if (exitCode !== 1) throw new Error(`a request that nobody answers: expected 1, got ${exitCode}:\n${stderr}`);
    await this.#order({ silent: false });
    return watched;
  }

  /**
   * Waits for the end of a request, which must have printed a line for each.
   *
   * @returns how it ended, and how long they took from the request's arrival until all replies were handed over, in ms
   */
  async check(asker: Started): Promise<Ended & { answeredMs: number }> {
    const answered = this.#process.next<{ answeredMs: number }>();
    // A request that has failed may not have come to them at all.
    answered.catch(() => {});
    const ended = await asker.succeeded();
    const lines = ended.stdout.split('\n').length - 1;
    if (lines === this.#count) return { ...ended, ...(await answered) };
    throw new Error(`expected ${this.#count} replies, got ${lines}; standard error:\n${ended.stderr}`);
  }

  async close(): Promise<void> {
    await this.#process.end();
  }

  async #order(order: RespondersOrder): Promise<void> {
    this.#process.send(order);
    await this.#process.next();
  }
}
