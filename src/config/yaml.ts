// The YAML form says the same in other words. js-yaml's messages quote the source, where private keys are: only the
// line and the reason's first words are passed on.

import { FAILSAFE_SCHEMA, load, nullCoreTag, YAMLException } from 'js-yaml';
import type { Fail } from './faults.ts';
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
 * @param fail told of each fault as 'syntax' or 'missing': with the line where YAML itself is at fault, else with the
 *   path of the value, which is passed over then
 * @returns undefined when it is no YAML, or no mapping
 */
export function parseYaml(text: string, fail: Fail): RawConfig | undefined {
  let document: unknown;
  try {
    document = load(text, { schema: SCHEMA });
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    const line = error.mark?.line;
    const where = line === undefined ? undefined : line + 1;
    const advice = 'mend the line; texts with : # * or brackets in them need quotes';
    return fail('syntax', where, `not YAML: ${describe(error)}`, advice);
  }
  if (!isMapping(document)) {
    const message = 'expected a YAML mapping such as `servers: [nats://host:4222]`';
    return fail('syntax', undefined, message, 'see remaphore -C --yaml for an example');
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
      // One at a time: a call takes only so many arguments.
      for (const entry of readEntries(value, key, fail, raw.unknown)) entries[key].push(entry);
    } else if (!isKnown(key)) {
      raw.unknown.push({ text: written, where: undefined, known: [...CONFIG_KEYS, 'servers', 'identities', 'peers'] });
    } else {
      const name = key === 'servers' ? 'server' : key;
      const values = name === 'server' ? readList(value, key, fail) : readScalars([value ?? ''], () => key, fail);
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
  fail: Fail,
  unknown: RawConfig['unknown'],
): RawEntry[] {
  if (value === null) return [];
  if (!Array.isArray(value)) {
    return fail('syntax', section, 'expected a list', `begin each of the ${section} with a dash`) ?? [];
  }
  const known: readonly string[] = ENTRY_FIELDS[section];
  return value.flatMap((item: unknown, i) => {
    const where = `${section}[${i}]`;
    if (!isMapping(item)) {
      const advice = 'write `key: value` for each of these';
      return fail('syntax', where, `expected a mapping with ${known.join(', ')}`, advice) ?? [];
    }
    for (const text of Object.keys(item)) if (!known.includes(text)) unknown.push({ text, where, known });
    const [nameField, keyField, verbsField] = ENTRY_FIELDS[section];
    const name = readScalar(item[nameField], `${where}.${nameField}`, fail)?.text;
    const key = readScalar(item[keyField], `${where}.${keyField}`, fail)?.text;
    const verbs = readList(item[verbsField], `${where}.${verbsField}`, fail).map((verb) => verb.text);
    return name === undefined || key === undefined ? [] : [{ name, key, verbs, where }];
  });
}

function readList(value: unknown, where: string, fail: Fail): RawValue[] {
  if (Array.isArray(value)) return readScalars(value, (i) => `${where}[${i}]`, fail);
  if (value !== undefined) return readScalars([value], () => where, fail);
  return fail('missing', where, 'expected a list, which may be empty: []', 'add the key, with a list behind it') ?? [];
}

function readScalars(values: readonly unknown[], where: (i: number) => string, fail: Fail): RawValue[] {
  return values.flatMap((value, i) => readScalar(value, where(i), fail) ?? []);
}

function readScalar(value: unknown, where: string, fail: Fail): RawValue | undefined {
  if (typeof value === 'string') return { text: value, where };
  return fail('syntax', where, 'expected a text', 'write a single text there');
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
