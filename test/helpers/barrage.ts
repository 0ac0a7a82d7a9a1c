// Messages that are sent again and again, and counted by the check that has to refuse them.

import type { Refusal } from '../../src/index.ts';
import type { Hostile } from './hostile-kinds.ts';
import { RawPublisher, toFrame } from './raw-publisher.ts';

interface Framed {
  refusal: Refusal;
  frame: Buffer;
}

/** A connection that sends hostile messages in turn. */
export class Barrage {
  readonly sent = new Map<Refusal, number>();
  /** how many that is in all */
  total = 0;
  readonly #publisher: RawPublisher;
  readonly #pool: Framed[];
  #next = 0;

  private constructor(publisher: RawPublisher, pool: readonly Hostile[]) {
    this.#publisher = publisher;
    this.#pool = pool.map(({ refusal, message }) => ({ refusal, frame: toFrame(message) }));
  }

  static async open(port: number, pool: readonly Hostile[]): Promise<Barrage> {
    return new Barrage(await RawPublisher.open(port), pool);
  }

  /** Sends the next ones; resolves when there is room for more. */
  async send(count: number): Promise<void> {
    const frames: Buffer[] = [];
    for (let i = 0; i < count; i++) {
      const { refusal, frame } = this.#pool[this.#next] as Framed;
      this.#next = (this.#next + 1) % this.#pool.length;
      this.#count(refusal, 1);
      frames.push(frame);
    }
    if (frames.length > 0) await this.#publisher.writeWhenRoom(Buffer.concat(frames));
  }

  /** Sends an honest message, and copies of it, which are replays. */
  async sendHonest(message: Buffer, copies: number): Promise<void> {
    if (copies > 0) this.#count('replay', copies);
    await this.#publisher.writeWhenRoom(Buffer.concat(Array.from({ length: 1 + copies }, () => toFrame(message))));
  }

  /** Resolves when the server has passed everything on. */
  flush(): Promise<void> {
    return this.#publisher.flush();
  }

  close(): void {
    this.#publisher.close();
  }

  #count(refusal: Refusal, count: number): void {
    this.sent.set(refusal, (this.sent.get(refusal) ?? 0) + count);
    this.total += count;
  }
}
