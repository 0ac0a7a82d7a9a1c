// The recorded behaviour of an existing implementation, with types.

import { readFileSync } from 'node:fs';

/** A message that an existing implementation encoded. */
export interface MessageVector {
  Destination: string;
  Verb: string;
  /** what was given as -u; empty: random bytes */
  UUIDText: string;
  PayloadBase64: string;
  RequestReply: boolean;
  IsReply: boolean;
  /** decimal */
  TimeNano: string;
  UUIDHex: string;
  /** base64 of the whole message */
  Encoded: string;
  /** hex */
  Hash: string;
  ReplySubject: string;
  SenderPublicKey: string;
}

export interface DestinationVector {
  Destination: string;
  Pattern: string;
  /** null where the existing implementation crashed */
  Match: boolean | null;
  OriginalPanics: boolean;
}

export interface DurationVector {
  Text: string;
  /** decimal */
  Nanos?: string;
  Error?: boolean;
}

interface ListedVector {
  Destination: string;
  PublicKey: string;
  Verbs: string[];
}

export interface ConfigVector {
  Name: string;
  Text: string;
  Parsed?: {
    allowSkewMs: number;
    credentials: string;
    defaultIdentity: string;
    destination: string;
    identities: ListedVector[];
    peers: ListedVector[] | null;
    servers: string[];
    subject: string;
  };
  Error?: string;
}

function read(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`../vectors/${name}.json`, import.meta.url), 'utf8'));
}

export const MESSAGES = read('messages') as {
  identity: { publicKey: string; secretKey: string };
  messages: MessageVector[];
};
export const DESTINATIONS = read('destinations') as DestinationVector[];
export const DURATIONS = read('durations') as DurationVector[];
export const CONFIGS = read('configs') as ConfigVector[];
