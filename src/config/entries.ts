// The lines under [ Identities ] and [ Peers ]. A message about a key says which of its properties is wrong and never
// shows it, since a private key may stand where a public one should.

import { decodeBase58, isBase58Of } from '../protocol/base58.ts';
import { PUBLIC_KEY_BYTES } from '../protocol/constants.ts';
import { findDestinationFault } from '../protocol/destination.ts';
import { ProtocolError } from '../protocol/errors.ts';
import { isSmallOrder, KeyPair } from '../protocol/keys.ts';
import { normalizeVerb, type Verbs } from '../protocol/verb.ts';
import type { Identity, Peer } from './config.ts';
import type { Where } from './errors.ts';
import type { Fail } from './faults.ts';
import type { RawConfig, RawEntry } from './raw.ts';
import { isVerbList } from './verbs.ts';

const KEEP_ONE = 'keep the line that is right and remove the other';
const TAKE_BOTH = 'take both keys from the line that was made with them';

/** The identities that can be used, one for each key. */
export function checkIdentities(entries: readonly RawEntry[], fail: Fail): Identity[] {
  const byKey = new Map<string, Identity>();
  for (const { name, key, verbs, where } of entries) {
    const isKey = checkKey(
      name,
      where,
      'as remaphore keygen prints it: first the public key, then the private one',
      fail,
    );
    const keys = readKeys(key, where, fail);
    const isPair = isKey && keys?.publicKey === name;
    if (isKey && keys && !isPair) {
      fail('value', where, 'the public key does not belong to the private key', TAKE_BOTH);
    }
    const granted = checkVerbs(verbs, where, fail);
    if (!isPair || granted === undefined) continue;
    const earlier = byKey.get(name);
    if (earlier && !isSameVerbs(earlier.verbs, granted)) {
      fail('conflict', where, 'the same key is given above with different verbs', KEEP_ONE);
    }
    byKey.set(name, { publicKey: name, keys, verbs: granted });
  }
  return [...byKey.values()];
}

/** The peers that can be used, one for each key. */
export function checkPeers({ readPeers }: RawConfig, fail: Fail): Peer[] {
  const byKey = new Map<string, Peer>();
  /** by what was read: thousands of peers mostly have the same few */
  const checkedVerbs = new Map<readonly string[], Verbs>();
  readPeers(({ name, key, verbs, where }) => {
    const fault = findDestinationFault(name);
    if (fault !== undefined) fail('value', where, fault, 'name the host as its own configuration does');
    const isKey = checkKey(key, where, 'ask that host for the line that remaphore keygen printed there', fail);
    const granted = checkedVerbs.get(verbs) ?? checkVerbs(verbs, where, fail);
    if (granted === undefined) return;
    checkedVerbs.set(verbs, granted);
    if (fault !== undefined || !isKey) return;
    const earlier = byKey.get(key);
    if (earlier && !(earlier.destination === name && isSameVerbs(earlier.verbs, granted))) {
      const what = earlier.destination === name ? 'different verbs' : 'another destination';
      fail('conflict', where, `the same key is given above with ${what}`, KEEP_ONE);
    }
    byKey.set(key, { destination: name, publicKey: key, verbs: granted });
  });
  return [...byKey.values()];
}

/** Whether it is a public key that only its owner can sign for; if not, it has been said. */
function checkKey(text: string, where: Where, advice: string, fail: Fail): boolean {
  try {
    // What is wrong with it is found by decoding.
    if (!isBase58Of(text, PUBLIC_KEY_BYTES)) decodeBase58(text, PUBLIC_KEY_BYTES, 'public_key');
    if (isSmallOrder(text)) throw new ProtocolError('public_key', 'anybody could sign for it (a point of small order)');
    return true;
  } catch (error) {
    return fail('value', where, `public key: ${describe(error)}`, advice) ?? false;
  }
}

function readKeys(text: string, where: Where, fail: Fail): KeyPair | undefined {
  try {
    return KeyPair.fromPrivateKey(text);
  } catch (error) {
    return fail('value', where, `private key: ${describe(error)}`, TAKE_BOTH);
  }
}

/** @throws the error itself when it is no fault of the file's */
function describe(error: unknown): string {
  if (!(error instanceof ProtocolError)) throw error;
  return error.message;
}

function checkVerbs(verbs: readonly string[], where: Where, fail: Fail): Verbs | undefined {
  if (!isVerbList(verbs)) {
    const message = 'expected verbs separated by commas, like [ping, deploy]';
    return fail('value', where, message, 'write them so; [*] allows every verb, [] none');
  }
  return verbs.map(normalizeVerb);
}

/** Whether two lists grant the same, in whatever order. */
export function isSameVerbs(a: Verbs, b: Verbs): boolean {
  return [...new Set(a)].sort().join() === [...new Set(b)].sort().join();
}
