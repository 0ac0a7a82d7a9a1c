// What both ends of the wire must agree on, named once.

/** Bytes of an ed25519 public key (RFC 8032 §5.1.5). */
export const PUBLIC_KEY_BYTES = 32;

/** Bytes of an ed25519 private key in the form configurations hold: seed followed by public key. */
export const PRIVATE_KEY_BYTES = 64;

/** Bytes of the seed a private key begins with (RFC 8032 §5.1.5). */
export const SEED_BYTES = 32;

/** Bytes of an ed25519 signature (RFC 8032 §5.1.6). */
export const SIGNATURE_BYTES = 64;

/** Bytes of a message's hash, a SHA-256. */
export const HASH_BYTES = 32;

/** Bytes of a message's uuid at most; a longer text is hashed and cut to this. */
export const UUID_BYTES = 12;

/** The reserved verb of replies: it cannot be sent with, and a receiver never acts on it. */
export const REPLY_VERB = 'reply';

/** The verb of a message sent without one. */
export const DEFAULT_VERB = 'ping';

/** The verbs of the entries of locks and barriers, if nothing else is said. */
export const LOCK_VERB = 'lock';
export const BARRIER_VERB = 'barrier';

/** The pattern that reaches every node. */
export const EVERY_DESTINATION = '**';

/** A reply's whole payload from a field node that has no script. */
export const NO_DATA = 'NO_DATA';

/** The subject used when the configuration names none. */
export const DEFAULT_SUBJECT = 'remaphore';

/** The channel below the subject that messages go to without -S. */
export const DEFAULT_CHANNEL = 'all';

/** Clock difference tolerated when the configuration says nothing, or 0. */
export const DEFAULT_SKEW_MS = 3000;
