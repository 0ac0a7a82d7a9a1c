// What can be used as it stands and is hardly meant so.

import { REPLY_VERB } from '../protocol/constants.ts';
import { shortenKey } from '../protocol/keys.ts';
import { normalizeVerb } from '../protocol/verb.ts';
import type { Config } from './config.ts';
import { isSameVerbs } from './entries.ts';
import type { Where } from './errors.ts';
import type { Oddity } from './oddities.ts';
import type { RawConfig, RawEntry } from './raw.ts';
import { isKeyLike, showWord } from './showing.ts';

/** Less than this a busy host or network takes now and then. */
const SMALL_SKEW_MS = 100;
/** So long somebody could hold back a message, and give it to a host that has not had it. */
const LARGE_SKEW_MS = 600_000;

/**
 * Finds what is doubtful about a configuration.
 *
 * @param config undefined when there is none: then only the entries are looked at
 * @param raw what it was made of
 * @param peers the entries under [ Peers ]
 */
export function findDoubts(config: Config | undefined, raw: RawConfig, peers: readonly RawEntry[]): Oddity[] {
  const doubts: Oddity[] = [];
  const add: Add = (where, message, advice) => doubts.push({ where, message, advice });
  if (config !== undefined) doubtValues(config, raw, add);
  doubtIdentities(raw.identities, add);
  doubtPeers(peers, config, add);
  return doubts;
}

type Add = (where: Where, message: string, advice: string) => void;

function doubtValues(config: Config, raw: RawConfig, add: Add): void {
  const whereIs = (key: 'destination' | 'allow_skew') => raw.values.get(key)?.at(-1)?.where;
  doubtName(config.destination, whereIs('destination'), add);
  const { allowSkewMs } = config;
  if (allowSkewMs < SMALL_SKEW_MS) {
    const message = `allow_skew is ${allowSkewMs} ms: messages that take longer, or clocks further apart, count for nothing`;
    add(whereIs('allow_skew'), message, 'allow a second or more');
  } else if (allowSkewMs > LARGE_SKEW_MS) {
    const message = `allow_skew is ${allowSkewMs / 1000} s: so long a message can be held back, and given to a host then`;
    add(whereIs('allow_skew'), message, 'synchronise the clocks, and allow a few seconds');
  }
}

function doubtIdentities(identities: readonly RawEntry[], add: Add): void {
  const byKey = new Map<string, RawEntry>();
  for (const entry of identities) {
    const { name, verbs, where } = entry;
    const earlier = byKey.get(name);
    byKey.set(name, entry);
    if (earlier && isSame(earlier, entry)) add(where, `the same identity is given above${at(earlier)}`, 'remove one');
    if (verbs.length === 0) {
      add(where, 'this identity has no verbs: nothing can be sent with it', 'grant it verbs, like [ping]');
    }
    doubtVerbs(verbs, where, add);
  }
}

function doubtPeers(peers: readonly RawEntry[], config: Config | undefined, add: Add): void {
  if (peers.length === 0) {
    const advice = 'list the other hosts under [ Peers ], each with the line that remaphore keygen printed there';
    add(undefined, 'no peers: this host acts on nobody’s messages, and nobody’s answers count', advice);
  }
  const own = new Set(config?.identities.map(({ publicKey }) => publicKey));
  const byKey = new Map<string, RawEntry>();
  const byName = new Map<string, RawEntry>();
  for (const peer of peers) {
    const { name, key, verbs, where } = peer;
    const [earlier, namesake] = [byKey.get(key), byName.get(name)];
    byKey.set(key, peer);
    byName.set(name, namesake ?? peer);
    if (earlier && isSame(earlier, peer)) {
      add(where, `the same peer is given above${at(earlier)}`, 'remove one of the two lines');
    } else if (!earlier && namesake) {
      const message = `${showWord(name)} is also the name of another key${at(namesake)}: each may answer for it`;
      add(where, message, 'remove the key that is out of use, if one is');
    }
    doubtOwn(peer, own, config, add);
    doubtName(name, where, add);
    doubtVerbs(verbs, where, add);
    if (verbs.length === 0) {
      const message = `${showWord(name)} may use no verb here: it can answer, and this host acts on none of its messages`;
      add(where, message, 'grant it verbs, like [ping], unless that is meant');
    }
  }
}

function doubtOwn({ name, key, where }: RawEntry, own: Set<string>, config: Config | undefined, add: Add): void {
  if (config === undefined) return;
  if (own.has(key) && name !== config.destination) {
    const message = `${shortenKey(key)} is this host’s own key, here as ${showWord(name)} and not as ${showWord(config.destination)}`;
    add(where, message, 'put the other host’s key there, or the same name');
  } else if (!own.has(key) && name === config.destination) {
    const message = `${showWord(name)} is this host’s own name, here with a key that is none of its identities`;
    add(where, message, 'give each host a name of its own');
  }
}

function doubtName(name: string, where: Where, add: Add): void {
  if (isKeyLike(name)) {
    add(where, `a key stands where a name should: of ${name.length} characters`, 'write the host’s name there');
  } else if (name !== '' && name.split('.').includes('')) {
    const message = `${showWord(name)} has an empty part: only patterns with the same empty part, or **, reach it`;
    add(where, message, 'write it without a dot at either end, and without two together');
  }
}

function doubtVerbs(verbs: readonly string[], where: Where, add: Add): void {
  for (const verb of verbs) {
    if (normalizeVerb(verb) === REPLY_VERB) {
      add(where, `${REPLY_VERB} is reserved: nothing can be sent with it`, 'remove it; to answer needs no verb');
    } else if (verb.includes('*') && verb !== '*') {
      const message = `the verb ${showWord(verb)} is taken as it is written: only * alone stands for others`;
      add(where, message, 'write each verb, or [*] for any');
    }
  }
}

function isSame(a: RawEntry, b: RawEntry): boolean {
  const [aVerbs, bVerbs] = [a.verbs.map(normalizeVerb), b.verbs.map(normalizeVerb)];
  return a.name === b.name && a.key === b.key && isSameVerbs(aVerbs, bVerbs);
}

function at({ where }: RawEntry): string {
  if (where === undefined) return '';
  return typeof where === 'number' ? ` (line ${where})` : ` (${where})`;
}
