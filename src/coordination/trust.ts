// Whose entries count, and under which name. This node's own keys count although it is not in its own Peers.

import type { KeyObject } from 'node:crypto';
import type { Config } from '../config/config.ts';
import { importPublicKey } from '../protocol/keys.ts';
import { isVerbGranted, type Verbs } from '../protocol/verb.ts';

interface Party {
  destination: string;
  verbs: Verbs;
}

/** The keys that may have a say under one verb. */
export class Trust {
  readonly #config: Config;
  readonly #parties = new Map<string, Party>();
  readonly #keys = new Map<string, KeyObject>();
  /** in lower case */
  readonly verb: string;

  constructor(config: Config, verb: string) {
    this.#config = config;
    this.verb = verb;
    for (const { publicKey, destination, verbs } of config.peers) this.#parties.set(publicKey, { destination, verbs });
    for (const { publicKey, verbs } of config.identities) {
      this.#parties.set(publicKey, { destination: config.destination, verbs });
    }
  }

  /** How far an entry's time may be from when it was stored, in milliseconds. */
  get skewMs(): number {
    return this.#config.allowSkewMs;
  }

  /** The name of whom a key belongs to; undefined when it is not known. */
  find(publicKey: string): string | undefined {
    return this.#parties.get(publicKey)?.destination;
  }

  /** Whether a known key may use the verb. */
  isGranted(publicKey: string): boolean {
    return isVerbGranted(this.#parties.get(publicKey)?.verbs ?? [], this.verb);
  }

  /** A known key in the form that node:crypto verifies with. */
  importKey(publicKey: string): KeyObject {
    let key = this.#keys.get(publicKey);
    if (key === undefined) {
      key = importPublicKey(publicKey);
      this.#keys.set(publicKey, key);
    }
    return key;
  }

  /** The names of the peers that may use the verb, without this node, each once. */
  others(): string[] {
    const granted = [...this.#parties].filter(([publicKey]) => this.isGranted(publicKey));
    const names = new Set(granted.map(([, { destination }]) => destination));
    names.delete(this.#config.destination);
    return [...names];
  }
}
