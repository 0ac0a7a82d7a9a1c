import type { KeyPair } from '../protocol/keys.ts';
import type { Verbs } from '../protocol/verb.ts';

/** A key pair of this node, and what it is for. */
export interface Identity {
  /** base58 of the 32-byte public key */
  publicKey: string;
  keys: KeyPair;
  /** verbs to send with it, in lower case; `*` for any */
  verbs: Verbs;
}

/** Another node that this one trusts. */
export interface Peer {
  /** its dotted name, most general part first */
  destination: string;
  /** base58 of its 32-byte public key */
  publicKey: string;
  /** verbs that it may use, in lower case; `*` for any */
  verbs: Verbs;
}

/** Files for TLS, each as its path. */
export interface TlsFiles {
  ca?: string;
  cert?: string;
  key?: string;
}

/** Who this node is, whom it trusts, and how to reach the others. */
export interface Config {
  /** the file it was read from */
  file: string;
  /** addresses of NATS servers, in the order to try them */
  servers: readonly string[];
  /** path of the credentials file; undefined when the servers want none */
  credentials: string | undefined;
  tls: TlsFiles;
  subject: string;
  /** this node's dotted name */
  destination: string;
  defaultIdentity: Identity;
  identities: readonly Identity[];
  /** read when first asked for if the configuration was loaded so, and a ConfigError is thrown then if one is wrong */
  readonly peers: readonly Peer[];
  /** how far a message's time may be from this clock, in milliseconds */
  allowSkewMs: number;
  /** whether replies that are not bound to their request are refused */
  strictReplies: boolean;
  /** the directory for what has to outlive a process; undefined: the usual one of whoever runs it */
  state: string | undefined;
  /** what is odd about the configuration but does not prevent its use, a sentence each */
  warnings: readonly string[];
}
