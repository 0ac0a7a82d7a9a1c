import type { Config } from '../../config/config.ts';
import { EVERY_DESTINATION } from '../../protocol/constants.ts';
import { escapeControls } from '../escape.ts';
import type { CandidateKind } from './model.ts';

/** A private key is longer, a NATS seed as long; no name is, and a verb or a name may be a key in the wrong place. */
const KEY_LIKE = /[A-Za-z0-9]{58}/;

/** A pattern for one host alone is longer than its name. */
const MIN_REACHED = 2;

/** Something that can be written in a place. */
export interface Candidate {
  text: string;
  /** what a person knows it by, where the text does not say it */
  describe?: string;
}

/**
 * What a configuration has to offer in a place, sorted.
 *
 * @throws ConfigError when the Peers, left until now, cannot be read
 */
export function listCandidates(kind: CandidateKind, config: Config): Candidate[] {
  return LISTS[kind](config)
    .filter(({ text }) => isShown(text))
    .map(({ text, describe }) => (describe !== undefined && isShown(describe) ? { text, describe } : { text }))
    .sort((a, b) => (a.text < b.text ? -1 : 1));
}

function isShown(text: string): boolean {
  return !KEY_LIKE.test(text) && escapeControls(text) === text;
}

const LISTS: Record<CandidateKind, (config: Config) => Candidate[]> = {
  verbs: ({ identities, peers }) => {
    const verbs = [...identities, ...peers].flatMap((holder) => holder.verbs);
    return toCandidates(verbs.filter((verb) => verb !== '*'));
  },
  destinations: ({ peers }) => {
    const destinations = peers.map(({ destination }) => destination);
    return toCandidates([...destinations, ...listPatterns(new Set(destinations))]);
  },
  identities: ({ identities, defaultIdentity }) =>
    identities.map((identity) => ({
      text: identity.publicKey,
      describe: `[${identity.verbs.join(', ')}]${identity === defaultIdentity ? ', the default' : ''}`,
    })),
  peers: ({ peers }) => peers.map(({ publicKey, destination }) => ({ text: publicKey, describe: destination })),
};

function toCandidates(texts: readonly string[]): Candidate[] {
  return [...new Set(texts)].map((text) => ({ text }));
}

/**
 * The patterns that reach several hosts, or all: of those that reach the same ones the narrowest.
 *
 * @param destinations each once
 */
export function listPatterns(destinations: ReadonlySet<string>): string[] {
  if (destinations.size === 0) return [];
  const reached = new Map<string, number>();
  for (const destination of destinations) {
    for (let dot = destination.indexOf('.'); dot !== -1; dot = destination.indexOf('.', dot + 1)) {
      const above = destination.slice(0, dot);
      reached.set(above, (reached.get(above) ?? 0) + 1);
    }
  }
  const narrower = new Set<string>();
  for (const [name, count] of reached) {
    const above = name.slice(0, name.lastIndexOf('.'));
    if (name.includes('.') && reached.get(above) === count) narrower.add(above);
  }
  const several = [...reached].filter(([name, count]) => count >= MIN_REACHED && !narrower.has(name));
  return [EVERY_DESTINATION, ...several.map(([name]) => `${name}.${EVERY_DESTINATION}`)];
}
