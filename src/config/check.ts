// From texts to a configuration: every value is checked here, whichever form it was written in. A message about a key
// says which of its properties is wrong and never shows it, since a private key may stand where a public one should.

import { decodeBase58, isBase58Of } from '../protocol/base58.ts';
import { DEFAULT_SKEW_MS, DEFAULT_SUBJECT, PRIVATE_KEY_BYTES, PUBLIC_KEY_BYTES } from '../protocol/constants.ts';
import { findDestinationFault } from '../protocol/destination.ts';
import { ProtocolError } from '../protocol/errors.ts';
import { isSmallOrder, KeyPair } from '../protocol/keys.ts';
import { findSubjectFault } from '../protocol/subject.ts';
import { normalizeVerb, type Verbs } from '../protocol/verb.ts';
import type { Config, Identity, Peer, TlsFiles } from './config.ts';
import { DURATION_FORM, nsToMs, parseDuration } from './duration.ts';
import { ConfigError, type ConfigErrorCode, formatWhere, type Where } from './errors.ts';
import type { ConfigKey, RawConfig, RawEntry, RawValue } from './raw.ts';
import { findResembling } from './resembling.ts';
import { findServerFault } from './server.ts';
import { isVerbList } from './verbs.ts';

const MAX_SHOWN_NAME = 40;

/**
 * Checks what was read and makes a configuration of it.
 *
 * @param raw the texts of either form
 * @param file the file's name, for errors
 * @throws ConfigError with the file and, where there is one, the line
 */
export function checkConfig(raw: RawConfig, file: string): Config {
  const fail = (code: ConfigErrorCode, where: Where, message: string): never => {
    throw new ConfigError(code, file, where, message);
  };
  const find = (key: ConfigKey): RawValue | undefined => {
    const value = raw.values.get(key)?.at(-1);
    if (value?.text === '') fail('value', value.where, `${key} has no value`);
    // Further on values are shown in errors.
    if (value && isSecret(value.text)) fail('value', value.where, `${key}: a private key does not belong here`);
    return value;
  };
  const require = (key: ConfigKey, expected: string): RawValue =>
    find(key) ?? fail('missing', undefined, `no ${key}: expected a line \`${key}: ${expected}\``);

  const servers = (raw.values.get('server') ?? []).flatMap(({ text, where }) =>
    text
      .split(',')
      .map((server) => server.trim())
      .filter((server) => server !== '')
      .map((server) => {
        const fault = findServerFault(server);
        return fault === undefined ? server : fail('value', where, `server: ${fault}`);
      }),
  );
  if (servers.length === 0) fail('missing', undefined, 'no server: expected a line `server: nats://host:4222`');

  const credentials = require('credentials', '/path/to/file` or `credentials: none');
  const destination = require('destination', 'com.example.host');
  const destinationFault = findDestinationFault(destination.text);
  if (destinationFault !== undefined) fail('value', destination.where, `destination: ${destinationFault}`);

  const subject = find('subject');
  const subjectFault = subject && findSubjectFault(subject.text);
  if (subjectFault !== undefined) fail('value', subject?.where, `subject: ${subjectFault}`);

  const identities = checkIdentities(raw.identities, file);
  if (identities.length === 0) {
    fail('missing', undefined, 'no identities: expected a section [ Identities ] with a line for each key pair');
  }
  const wanted = find('default_identity');
  const defaultIdentity = wanted ? identities.find(({ publicKey }) => publicKey === wanted.text) : identities[0];
  if (wanted && defaultIdentity === undefined) {
    fail('value', wanted.where, 'default_identity: expected the public key of one of the identities');
  }

  let peers: readonly Peer[] | undefined;
  return {
    file,
    servers,
    credentials: credentials.text.toLowerCase() === 'none' ? undefined : credentials.text,
    tls: checkTls(find, fail),
    subject: subject?.text ?? DEFAULT_SUBJECT,
    destination: destination.text,
    defaultIdentity: defaultIdentity as Identity,
    identities,
    get peers() {
      peers ??= checkPeers(raw, file);
      return peers;
    },
    allowSkewMs: checkSkew(find('allow_skew'), fail),
    strictReplies: checkBoolean('strict_replies', find('strict_replies'), fail),
    warnings: findOddities(raw, file),
  };
}

/** Whether a value is a private key of ours, or a seed of NATS's (S, a kind, base32), which nobody should see. */
function isSecret(text: string): boolean {
  if (/^S[A-Z2-7]{57}$/.test(text)) return true;
  try {
    return decodeBase58(text, PRIVATE_KEY_BYTES, 'private_key').length === PRIVATE_KEY_BYTES;
  } catch {
    return false;
  }
}

type Fail = (code: ConfigErrorCode, where: Where, message: string) => never;
type Find = (key: ConfigKey) => RawValue | undefined;

function checkTls(find: Find, fail: Fail): TlsFiles {
  const [ca, cert, key] = [find('tls_ca'), find('tls_cert'), find('tls_key')];
  if (cert && !key) fail('missing', cert.where, 'tls_cert needs tls_key as well');
  if (key && !cert) fail('missing', key.where, 'tls_key needs tls_cert as well');
  return { ...(ca && { ca: ca.text }), ...(cert && { cert: cert.text }), ...(key && { key: key.text }) };
}

function checkSkew(value: RawValue | undefined, fail: Fail): number {
  if (value === undefined) return DEFAULT_SKEW_MS;
  const ns = parseDuration(value.text);
  if (ns === undefined) return fail('value', value.where, `allow_skew: expected ${DURATION_FORM}`);
  if (ns < 0n) fail('value', value.where, 'allow_skew: cannot be negative');
  return ns === 0n ? DEFAULT_SKEW_MS : nsToMs(ns);
}

function checkBoolean(key: ConfigKey, value: RawValue | undefined, fail: Fail): boolean {
  const text = value?.text.toLowerCase();
  if (text === undefined || text === 'false') return false;
  return text === 'true' || fail('value', value?.where, `${key}: expected true or false`);
}

function checkIdentities(entries: RawEntry[], file: string): Identity[] {
  const byKey = new Map<string, Identity>();
  for (const { name, key, verbs, where } of entries) {
    checkKey(name, file, where);
    let keys: KeyPair;
    try {
      keys = KeyPair.fromPrivateKey(key);
    } catch (error) {
      throw wrap(error, file, where, 'private key');
    }
    if (keys.publicKey !== name) {
      throw new ConfigError('value', file, where, 'the public key does not belong to the private key');
    }
    const identity = { publicKey: name, keys, verbs: checkVerbs(verbs, file, where) };
    const earlier = byKey.get(name);
    if (earlier && !isSameVerbs(earlier.verbs, identity.verbs)) {
      throw new ConfigError('conflict', file, where, 'the same key is given above with different verbs');
    }
    byKey.set(name, identity);
  }
  return [...byKey.values()];
}

function checkPeers({ readPeers }: RawConfig, file: string): Peer[] {
  const byKey = new Map<string, Peer>();
  /** by what was read: thousands of peers mostly have the same few */
  const checkedVerbs = new Map<readonly string[], Verbs>();
  readPeers(({ name, key, verbs, where }) => {
    const fault = findDestinationFault(name);
    if (fault !== undefined) throw new ConfigError('value', file, where, fault);
    checkKey(key, file, where);
    const checked = checkedVerbs.get(verbs) ?? checkVerbs(verbs, file, where);
    checkedVerbs.set(verbs, checked);
    const peer = { destination: name, publicKey: key, verbs: checked };
    const earlier = byKey.get(key);
    if (earlier && !(earlier.destination === name && isSameVerbs(earlier.verbs, peer.verbs))) {
      const what = earlier.destination === name ? 'different verbs' : 'another destination';
      throw new ConfigError('conflict', file, where, `the same key is given above with ${what}`);
    }
    byKey.set(key, peer);
  });
  return [...byKey.values()];
}

function checkKey(text: string, file: string, where: Where): void {
  try {
    // What is wrong with it is found by decoding.
    if (!isBase58Of(text, PUBLIC_KEY_BYTES)) decodeBase58(text, PUBLIC_KEY_BYTES, 'public_key');
    if (isSmallOrder(text)) throw new ProtocolError('public_key', 'anybody could sign for it (a point of small order)');
  } catch (error) {
    throw wrap(error, file, where, 'public key');
  }
}

function checkVerbs(verbs: readonly string[], file: string, where: Where): Verbs {
  if (!isVerbList(verbs)) {
    throw new ConfigError('value', file, where, 'expected verbs separated by commas, like [ping, deploy]');
  }
  return verbs.map(normalizeVerb);
}

function isSameVerbs(a: Verbs, b: Verbs): boolean {
  return [...new Set(a)].sort().join() === [...new Set(b)].sort().join();
}

function wrap(error: unknown, file: string, where: Where, what: string): unknown {
  if (!(error instanceof ProtocolError)) return error;
  return new ConfigError('value', file, where, `${what}: ${error.message}`);
}

function findOddities(raw: RawConfig, file: string): string[] {
  const oddities: string[] = [];
  for (const { text, where, known } of raw.unknown) {
    const meant = findResembling(text.toLowerCase(), known);
    const what = text.startsWith('[') ? 'section' : 'key';
    const name = `unknown ${what} ${showName(text)}${meant ? ` (${meant}?)` : ''}`;
    oddities.push(`${formatWhere(file, where)}: ${name} has no effect`);
  }
  for (const [key, values] of raw.values) {
    if (key === 'server' || values.length === 1) continue;
    oddities.push(`${formatWhere(file, values.at(-1)?.where)}: ${key} is given again; this one counts`);
  }
  return oddities;
}

/** A name in quotes; a long one may be a key in the wrong place, and is not shown. */
function showName(name: string): string {
  return name.length > MAX_SHOWN_NAME ? `of ${name.length} characters` : JSON.stringify(name);
}
