import type { Where } from './errors.ts';

/** A text and where it stands. */
export interface RawValue {
  text: string;
  where: Where;
}

/** A line of a section as written, before anything is known about its contents. */
export interface RawEntry {
  /** destination of a peer, public key of an identity */
  name: string;
  /** public key of a peer, private key of an identity */
  key: string;
  verbs: readonly string[];
  where: Where;
}

/** What both forms of the configuration file are read into, and what is checked. */
export interface RawConfig {
  /** by key, in lower case; of one given twice, both */
  values: Map<ConfigKey, RawValue[]>;
  identities: RawEntry[];
  /** hands them over one by one when called, since who only sends needs none; throws ConfigError 'syntax' */
  readPeers: (take: (entry: RawEntry) => void) => void;
  /** keys and sections that are not known, and were passed over */
  unknown: UnknownName[];
}

/** A name that has no meaning where it stands, and the names that have one there. */
export interface UnknownName extends RawValue {
  known: readonly string[];
}

/** Keys that a configuration may hold, in both forms. `server` may repeat. */
export const CONFIG_KEYS = [
  'server',
  'credentials',
  'subject',
  'default_identity',
  'destination',
  'allow_skew',
  'strict_replies',
  'state',
  'tls_ca',
  'tls_cert',
  'tls_key',
] as const;

/** One of the keys that a configuration may hold. */
export type ConfigKey = (typeof CONFIG_KEYS)[number];
