// What stands in a configuration may be a key in the wrong place: names are shown only when they cannot be one.

import { decodeBase58 } from '../protocol/base58.ts';
import { PRIVATE_KEY_BYTES } from '../protocol/constants.ts';

const MAX_SHOWN_NAME = 40;

/** No part of a name is as long as this; keys, seeds and tokens are longer. */
const KEY_LIKE = /[A-Za-z0-9+/_-]{32,}/;

/** A name in quotes; a long one may be a key in the wrong place, and is not shown. */
export function showName(name: string): string {
  return name.length > MAX_SHOWN_NAME ? `of ${name.length} characters` : JSON.stringify(name);
}

/** A destination or verb as it is; one that may be a key is not shown. */
export function showWord(word: string): string {
  return isKeyLike(word) ? `(${word.length} characters)` : word;
}

/** Whether a text could be a key, a seed or a token rather than a name. */
export function isKeyLike(text: string): boolean {
  return KEY_LIKE.test(text);
}

/**
 * What a value is that nobody should see: a private key of ours or a seed of NATS's (S, a kind, base32), or a token
 * (RFC 7519 §3).
 */
export function nameSecret(text: string): 'private key' | 'token' | undefined {
  if (/^S[A-Z2-7]{57}$/.test(text)) return 'private key';
  if (/^eyJ[\w-]+\.[\w-]+\.[\w-]+$/.test(text)) return 'token';
  try {
    return decodeBase58(text, PRIVATE_KEY_BYTES, 'private_key').length === PRIVATE_KEY_BYTES
      ? 'private key'
      : undefined;
  } catch {
    return undefined;
  }
}
