// What somebody who can publish may send to a receiver, and which check has to refuse it.

import { randomBytes } from 'node:crypto';
import type { Refusal } from '../../src/index.ts';
import { createManyKeys, type ForgedFields, forgeMessage, type TestKeys } from './forge.ts';
import { alterField } from './tamper.ts';

/** Fewer cannot be a key. */
const KEY_BYTES = 32;
const HOUR_MS = 3_600_000;
/** The largest message that a server takes that is configured no otherwise. */
const MAX_BYTES = 1024 * 1024;
/** More than what a message of this file has beside its payload, but for the longest of the patterns. */
const OVERHEAD_BYTES = 20_000;
/** Of what an attacker sends one in so many has this size: more would be a test of the memory's bandwidth. */
const FEW = 500;

/** Whose keys an attacker knows: all of them are public. */
export interface Victims {
  /** a peer that may use any verb */
  trusted: TestKeys;
  /** a peer that may use `ping` and `break` */
  limited: TestKeys;
}

/** A message, and which check has to refuse it. */
export interface Hostile {
  message: Buffer;
  refusal: Refusal;
}

const PATTERNS = [
  'com.crypto.us.left',
  'verylongprefix*',
  'com.crypto.us.verylongprefix*',
  'com.*r*y*p*t*o.us.right',
  `com.crypto.us.${'*'.repeat(500)}`,
  `com.crypto.us.${'r*'.repeat(500)}`,
  '**.right',
  `${'**.'.repeat(500)}**`,
  `${'*.'.repeat(500)}*`,
  `com.crypto.us.right${'.'.repeat(1000)}`,
  `com.crypto.${'x'.repeat(10_000)}.right`,
  '.',
];

/** Messages that something cheaper than the signature refuses, of each kind as many as of any other; a few are large. */
export function makeHostile({ trusted, limited }: Victims, count: number): Hostile[] {
  const [stranger] = createManyKeys(1) as [TestKeys];
  const late = (i: number) => Date.now() + (i % 2 === 0 ? HOUR_MS : -HOUR_MS);
  const kinds: [Refusal, (fields: ForgedFields, i: number) => Buffer][] = [
    ['unknown-key', (fields) => forgeMessage(stranger, fields)],
    ['other-destination', (fields, i) => forgeMessage(trusted, { ...fields, destination: pick(PATTERNS, i) })],
    ['outside-window', (fields, i) => forgeMessage(trusted, { ...fields, timeMs: late(i) })],
    ['verb-not-granted', (fields) => forgeMessage(limited, { ...fields, verb: 'deploy' })],
    ['reply-verb', (fields) => forgeMessage(trusted, { ...fields, verb: 'reply' })],
    ['other-verb', (fields) => forgeMessage(trusted, { ...fields, verb: 'pong' })],
    ['malformed', (_, i) => makeJunk(i, trusted)],
  ];
  return Array.from({ length: count }, (_, i) => {
    const [refusal, make] = pick(kinds, i);
    return { refusal, message: make({ payload: payloadOf(i), quick: true }, Math.floor(i / kinds.length)) };
  });
}

/** Messages that pass every check but the signature, one in ten in the name of `trusted`; a few are large. */
export function makeForged({ trusted, limited }: Victims, count: number): Hostile[] {
  const [stranger] = createManyKeys(1) as [TestKeys];
  return Array.from({ length: count }, (_, i) => {
    const message = forgeMessage(stranger, { payload: payloadOf(i), quick: true });
    const { publicKey } = i % 10 === 0 ? trusted : limited;
    return { refusal: 'bad-signature', message: alterField(message, 0, publicKey) };
  });
}

function payloadOf(i: number): string | Buffer {
  return i % FEW === FEW - 1 ? Buffer.alloc(MAX_BYTES - OVERHEAD_BYTES, 'x') : `evil ${i}`;
}

function pick<T>(items: readonly T[], i: number): T {
  return items[i % items.length] as T;
}

/** What is no message and could not be taken for one by an unknown key, which has a check of its own. */
function makeJunk(i: number, { publicKey }: TestKeys): Buffer {
  return pick(
    [
      () => randomBytes(i % KEY_BYTES),
      () => Buffer.alloc(i % KEY_BYTES, ','),
      () => Buffer.from(`{"stream":"x","seq":${i}}`),
      () => Buffer.from(`${publicKey}${','.repeat(i)}`),
      () => Buffer.concat([Buffer.from(`${publicKey},`), randomBytes(300)]),
    ],
    i,
  )();
}
