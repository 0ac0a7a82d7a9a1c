// What both forms of the configuration promise: an error says where and holds no private key; who inspects a file finds
// an error in it if and only if loading does; and what is accepted can be written down and means the same again.

import { checkConfig } from '../../src/config/check.ts';
import type { Config } from '../../src/config/config.ts';
import { findDoubts } from '../../src/config/doubts.ts';
import { checkPeers } from '../../src/config/entries.ts';
import { type Fail, failAtFirst } from '../../src/config/faults.ts';
import { formatIdentity, formatPeer } from '../../src/config/format.ts';
import { parseLines } from '../../src/config/lines.ts';
import type { RawConfig, RawEntry } from '../../src/config/raw.ts';
import { parseYaml } from '../../src/config/yaml.ts';
import { MESSAGES } from '../helpers/vectors.ts';
import { type Outcome, promise } from './target.ts';

/** Reads one form of it. */
export type Read = (text: string, fail: Fail) => RawConfig | undefined;

/** A configuration, and the private keys that are not to be had from it. */
export interface Loaded {
  config: Config;
  raw: RawConfig;
}

const FILE = 'x.conf';
const SECRET = MESSAGES.identity.secretKey;

/** As `parseConfig` does. */
export function load(text: string, read: Read): Loaded {
  const fail = failAtFirst(FILE);
  const raw = read(text, fail) as RawConfig;
  const config = checkConfig(raw, FILE, fail) as Config;
  void config.peers;
  return { config, raw };
}

/** @throws Error when a promise does not hold */
export function checkConfigPromises(text: string, { result, error }: Outcome<Loaded>, read: Read): void {
  const messages = [...(result?.config.warnings ?? []), ...(error ? [error.message] : [])];
  promise(
    messages.every((message) => message.startsWith(FILE)),
    'what is said does not begin with the file',
  );
  const found = inspect(text, read);
  promise(found.errors.length > 0 === (error !== undefined), `inspecting finds otherwise: ${found.errors[0]}`);
  const said = [...messages, ...found.errors, ...found.doubts].join('\n');
  promise(!said.includes(SECRET), 'what is said holds a private key');
  if (result === undefined) return;
  const meaning = describe(result.config);
  const yaml = describe(load(toYaml(result), parseYaml).config);
  promise(yaml === meaning, 'it means something else once it is written down in YAML');
  const lines = toLines(result);
  if (lines === undefined) return;
  promise(describe(load(lines, parseLines).config) === meaning, 'it means something else once it is written in lines');
}

/** As `inspectText` does. */
function inspect(text: string, read: Read): { errors: string[]; doubts: string[] } {
  const errors: string[] = [];
  const fail: Fail = (_, where, message, advice) => {
    errors.push(`${where}: ${message}; ${advice}`);
    return undefined;
  };
  const raw = read(text, fail);
  if (raw === undefined) return { errors, doubts: [] };
  const config = checkConfig(raw, FILE, fail);
  if (config === undefined) checkPeers(raw, fail);
  else void config.peers;
  const peers: RawEntry[] = [];
  raw.readPeers((peer) => peers.push(peer));
  const doubts = findDoubts(config, raw, peers).map(({ where, message, advice }) => `${where}: ${message}; ${advice}`);
  return { errors, doubts };
}

/** What a configuration means, as text. */
function describe({ identities, defaultIdentity, peers, allowSkewMs, ...rest }: Config): string {
  const { servers, credentials, tls, subject, destination, strictReplies } = rest;
  const own = identities.map(({ publicKey, verbs }) => ({ publicKey, verbs }));
  // Nanoseconds of a skew of years are lost in a number of milliseconds.
  const skew = allowSkewMs.toPrecision(12);
  const values = { servers, credentials, tls, subject, destination, strictReplies, skew };
  return JSON.stringify({ ...values, own, main: defaultIdentity.publicKey, peers });
}

/** The values above the sections, but for the servers. */
function toValues({ credentials = 'none', subject, destination, tls, ...rest }: Config): Record<string, string> {
  return {
    ...{ credentials, subject, destination, default_identity: rest.defaultIdentity.publicKey },
    ...{ allow_skew: `${rest.allowSkewMs}ms`, strict_replies: String(rest.strictReplies) },
    ...(tls.ca && { tls_ca: tls.ca }),
    ...(tls.cert && { tls_cert: tls.cert }),
    ...(tls.key && { tls_key: tls.key }),
  };
}

function privateKeyOf(publicKey: string, { raw }: Loaded): string {
  return raw.identities.find(({ name }) => name === publicKey)?.key ?? '';
}

/** JSON is YAML, but for characters that YAML wants escaped. */
function toYaml(loaded: Loaded): string {
  const { servers, identities, peers } = loaded.config;
  const document = {
    ...toValues(loaded.config),
    servers,
    identities: identities.map(({ publicKey, verbs }) => {
      return { public_key: publicKey, private_key: privateKeyOf(publicKey, loaded), verbs };
    }),
    peers: peers.map(({ destination, publicKey, verbs }) => ({ destination, public_key: publicKey, verbs })),
  };
  const json = JSON.stringify(document);
  return json.replace(/[^ -~]/g, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** undefined: something in it has no place in a line. */
function toLines(loaded: Loaded): string | undefined {
  const { servers, identities, peers } = loaded.config;
  const values = Object.entries({ ...toValues(loaded.config), server: servers.join(',') });
  const entries = [
    ...identities.map((one) => formatIdentity({ ...one, privateKey: privateKeyOf(one.publicKey, loaded) }, one.verbs)),
    '[ Peers ]',
    ...peers.map(({ destination, publicKey, verbs }) => formatPeer(destination, publicKey, verbs)),
  ];
  const isPlain = [...values.map(([, value]) => value), ...entries].every((text) => !/[#\r\n]|^\s|\s$/.test(text));
  if (!isPlain || servers.some((server) => server.includes(',')) || peers.some((one) => one.destination[0] === '[')) {
    return undefined;
  }
  return [...values.map(([key, value]) => `${key}: ${value}`), '[ Identities ]', ...entries].join('\n');
}
