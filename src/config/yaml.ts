// The YAML form says the same in other words. js-yaml's messages quote the source, where private keys are: only the
// line and the reason's first words are passed on.

import { FAILSAFE_SCHEMA, load, nullCoreTag, YAMLException } from 'js-yaml';
import { ConfigError } from './errors.ts';
import { CONFIG_KEYS, type ConfigKey, type RawConfig, type RawEntry, type RawValue } from './raw.ts';

const ENTRY_FIELDS = {
  identities: ['public_key', 'private_key', 'verbs'],
  peers: ['destination', 'public_key', 'verbs'],
} as const;

/** Every scalar is the text it is written as: a name like 1.10 is not a number. Only "no value" is told apart. */
const SCHEMA = FAILSAFE_SCHEMA.withTags(nullCoreTag);

/**
 * Reads the YAML form.
 *
 * @param text the whole file
 * @param file its name, for errors
 * @throws ConfigError 'syntax', with the line where YAML itself is at fault, else with the path of the value
 */
export function parseYaml(text: string, file: string): RawConfig {
  let document: unknown;
  try {
    document = load(text, { schema: SCHEMA });
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    const line = error.mark?.line;
    throw new ConfigError('syntax', file, line === undefined ? undefined : line + 1, `not YAML: ${describe(error)}`);
  }
  if (!isMapping(document)) {
    throw new ConfigError('syntax', file, undefined, 'expected a YAML mapping such as `servers: [nats://host:4222]`');
  }
  const entries = { identities: [] as RawEntry[], peers: [] as RawEntry[] };
  const { identities } = entries;
  const raw: RawConfig = {
    values: new Map(),
    identities,
    readPeers: (take) => entries.peers.forEach(take),
    unknown: [],
  };
  for (const [written, value] of Object.entries(document)) {
    const key = written.toLowerCase();
    if (key === 'identities' || key === 'peers') {
      entries[key].push(...readEntries(value, key, file, raw.unknown));
    } else if (!isKnown(key)) {
      raw.unknown.push({ text: written, where: undefined, known: [...CONFIG_KEYS, 'servers', 'identities', 'peers'] });
    } else {
      const name = key === 'servers' ? 'server' : key;
      const values = name === 'server' ? readList(value, key, file) : [readScalar(value ?? '', key, file)];
      // What is wrong with one of these names the key itself.
      if (name !== 'server') for (const read of values) read.where = undefined;
      raw.values.set(name, [...(raw.values.get(name) ?? []), ...values]);
    }
  }
  return raw;
}

function isKnown(key: string): key is ConfigKey | 'servers' {
  return key === 'servers' || (CONFIG_KEYS as readonly string[]).includes(key);
}

/** What js-yaml finds wrong, up to where it quotes the source. */
function describe(error: YAMLException): string {
  return /^[a-z -]*/i.exec(error.reason)?.[0].trim() || 'it cannot be read';
}

function readEntries(
  value: unknown,
  section: keyof typeof ENTRY_FIELDS,
  file: string,
  unknown: RawConfig['unknown'],
): RawEntry[] {
  if (value === null) return [];
  if (!Array.isArray(value)) throw new ConfigError('syntax', file, section, 'expected a list');
  const known: readonly string[] = ENTRY_FIELDS[section];
  return value.map((item: unknown, i) => {
    const where = `${section}[${i}]`;
    if (!isMapping(item)) throw new ConfigError('syntax', file, where, `expected a mapping with ${known.join(', ')}`);
    for (const text of Object.keys(item)) if (!known.includes(text)) unknown.push({ text, where, known });
    const [name, key, verbs] = ENTRY_FIELDS[section];
    return {
      name: readScalar(item[name], `${where}.${name}`, file).text,
      key: readScalar(item[key], `${where}.${key}`, file).text,
      verbs: readList(item[verbs], `${where}.${verbs}`, file).map((verb) => verb.text),
      where,
    };
  });
}

function readList(value: unknown, where: string, file: string): RawValue[] {
  if (Array.isArray(value)) return value.map((item: unknown, i) => readScalar(item, `${where}[${i}]`, file));
  if (value === undefined) throw new ConfigError('missing', file, where, 'expected a list, which may be empty: []');
  return [readScalar(value, where, file)];
}

function readScalar(value: unknown, where: string, file: string): RawValue {
  if (typeof value === 'string') return { text: value, where };
  throw new ConfigError('syntax', file, where, 'expected a text');
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
