// The line-based form. `#` starts a comment anywhere in a line, fields are separated by any white space, keys and
// section names are in any case, CRLF is accepted.

import { ConfigError } from './errors.ts';
import { CONFIG_KEYS, type ConfigKey, type RawConfig, type RawEntry } from './raw.ts';

type Section = 'header' | 'identities' | 'peers' | 'unknown';

const ENTRY_FORMS = {
  identities: 'a line like: <public key> <private key> [verb, verb]',
  peers: 'a line like: <destination> <public key> [verb, verb]',
};

/**
 * Reads the line-based form.
 *
 * @param text the whole file
 * @param file its name, for errors
 * @throws ConfigError 'syntax', with the line
 */
export function parseLines(text: string, file: string): RawConfig {
  const raw: RawConfig = { values: new Map(), identities: [], peers: [], unknown: [] };
  let section: Section = 'header';
  for (const [i, written] of text.split('\n').entries()) {
    const where = i + 1;
    const comment = written.indexOf('#');
    const line = (comment === -1 ? written : written.slice(0, comment)).trim();
    if (line === '') continue;
    if (line.startsWith('[')) {
      section = parseSection(line, file, where);
      if (section === 'unknown') raw.unknown.push({ text: line, where, known: ['[ Identities ]', '[ Peers ]'] });
    } else if (section === 'header') {
      const colon = line.indexOf(':');
      if (colon === -1) {
        throw new ConfigError('syntax', file, where, 'expected `key: value` or a [ Section ]');
      }
      const key = line.slice(0, colon).trim().toLowerCase();
      if (!isKnown(key)) raw.unknown.push({ text: key, where, known: CONFIG_KEYS });
      else raw.values.set(key, [...(raw.values.get(key) ?? []), { text: line.slice(colon + 1).trim(), where }]);
    } else if (section !== 'unknown') {
      raw[section].push(parseEntry(line, section, file, where));
    }
  }
  return raw;
}

function isKnown(key: string): key is ConfigKey {
  return (CONFIG_KEYS as readonly string[]).includes(key);
}

function parseSection(line: string, file: string, where: number): Section {
  const name = /^\[\s*([^\]]*?)\s*\]$/.exec(line)?.[1]?.toLowerCase();
  if (name === undefined) {
    throw new ConfigError('syntax', file, where, 'expected a section such as [ Identities ] or [ Peers ]');
  }
  return name === 'identities' || name === 'peers' ? name : 'unknown';
}

function parseEntry(line: string, section: keyof typeof ENTRY_FORMS, file: string, where: number): RawEntry {
  const match = /^(\S+)\s+(\S+)\s+\[([^\][]*)\]$/.exec(line);
  if (match === null) {
    throw new ConfigError('syntax', file, where, `expected ${ENTRY_FORMS[section]}`);
  }
  const [, name = '', key = '', list = ''] = match;
  return { name, key, verbs: list.trim() === '' ? [] : list.split(',').map((verb) => verb.trim()), where };
}
