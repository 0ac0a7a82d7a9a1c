// The YAML form says the same in other words. js-yaml's messages quote the source, where private keys are: only its
// reason and its line are passed on.

import { load, YAMLException } from 'js-yaml';
import { ConfigError } from './errors.ts';
import type { RawConfig, RawEntry, RawValue } from './raw.ts';

const ENTRY_FIELDS = {
  identities: ['public_key', 'private_key', 'verbs'],
  peers: ['destination', 'public_key', 'verbs'],
} as const;

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
    document = load(text);
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    const line = error.mark?.line;
    throw new ConfigError('syntax', file, line === undefined ? undefined : line + 1, `not YAML: ${error.reason}`);
  }
  if (!isMapping(document)) {
    throw new ConfigError('syntax', file, undefined, 'expected a YAML mapping such as `servers: [nats://host:4222]`');
  }
  const raw: RawConfig = { values: new Map(), identities: [], peers: [], unknownSections: [] };
  for (const [written, value] of Object.entries(document)) {
    const key = written.toLowerCase();
    if (key === 'identities' || key === 'peers') {
      raw[key] = readEntries(value, key, file);
    } else if (key === 'servers' || key === 'server') {
      raw.values.set('server', readList(value, written, file));
    } else if (value !== null) {
      raw.values.set(key, [{ text: readScalar(value, written, file), where: written }]);
    }
  }
  return raw;
}

function readEntries(value: unknown, section: keyof typeof ENTRY_FIELDS, file: string): RawEntry[] {
  if (value === null) return [];
  if (!Array.isArray(value)) throw new ConfigError('syntax', file, section, 'expected a list');
  return value.map((item: unknown, i) => {
    const where = `${section}[${i}]`;
    const [name, key, verbs] = ENTRY_FIELDS[section];
    if (!isMapping(item)) {
      throw new ConfigError('syntax', file, where, `expected a mapping with ${ENTRY_FIELDS[section].join(', ')}`);
    }
    const unknown = Object.keys(item).find((field) => !(ENTRY_FIELDS[section] as readonly string[]).includes(field));
    if (unknown !== undefined) {
      throw new ConfigError(
        'syntax',
        file,
        where,
        `expected only ${ENTRY_FIELDS[section].join(', ')}, got another key`,
      );
    }
    return {
      name: readScalar(item[name], `${where}.${name}`, file),
      key: readScalar(item[key], `${where}.${key}`, file),
      verbs: readList(item[verbs], `${where}.${verbs}`, file).map((verb) => verb.text),
      where,
    };
  });
}

function readList(value: unknown, where: string, file: string): RawValue[] {
  if (Array.isArray(value)) {
    return value.map((item: unknown, i) => ({
      text: readScalar(item, `${where}[${i}]`, file),
      where: `${where}[${i}]`,
    }));
  }
  if (value === undefined) throw new ConfigError('missing', file, where, 'expected a list, which may be empty: []');
  return [{ text: readScalar(value, where, file), where }];
}

function readScalar(value: unknown, where: string, file: string): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new ConfigError('syntax', file, where, 'expected a text');
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
