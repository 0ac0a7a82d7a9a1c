// A good configuration of which a test spoils one thing.

import { createTestKeys } from './forge.ts';

export const OWN = createTestKeys();
export const OTHER = createTestKeys();

/** The parts of a configuration in the line-based form; what is left out is good. */
export interface ConfigParts {
  server?: string;
  credentials?: string;
  destination?: string;
  /** further lines above the sections, from line 4 on */
  more?: string[];
  /** lines under [ Identities ] */
  identities?: string[];
  /** lines under [ Peers ] */
  peers?: string[];
}

export const IDENTITY = `${OWN.publicKey} ${OWN.privateKey} [ping]`;
export const PEER = `com.x.z ${OTHER.publicKey} [ping, deploy]`;

/** The text, with the server in line 1, the credentials in line 2 and the destination in line 3. */
export function configText(parts: ConfigParts = {}): string {
  return [
    parts.server ?? 'server: nats://a:4222',
    parts.credentials ?? 'credentials: none',
    parts.destination ?? 'destination: com.x.y',
    ...(parts.more ?? []),
    '[ Identities ]',
    ...(parts.identities ?? [IDENTITY]),
    '[ Peers ]',
    ...(parts.peers ?? [PEER]),
    '',
  ].join('\n');
}

/** A configuration in YAML, its mapping as it would be in JSON. */
export interface YamlParts {
  servers?: unknown;
  credentials?: unknown;
  destination?: unknown;
  identities?: unknown;
  peers?: unknown;
  [further: string]: unknown;
}

/** The same configuration as `configText`'s in YAML, of which JSON is a part; undefined leaves a key out. */
export function yamlText(parts: YamlParts = {}): string {
  return JSON.stringify({
    servers: ['nats://a:4222'],
    credentials: 'none',
    destination: 'com.x.y',
    identities: [{ public_key: OWN.publicKey, private_key: OWN.privateKey, verbs: ['ping'] }],
    peers: [{ destination: 'com.x.z', public_key: OTHER.publicKey, verbs: ['ping', 'deploy'] }],
    ...parts,
  });
}
