// The line-based form. `#` starts a comment anywhere in a line, fields are separated by any white space, keys and
// section names are in any case, CRLF is accepted.

import type { Fail } from './faults.ts';
import { CONFIG_KEYS, type ConfigKey, type RawConfig, type RawEntry } from './raw.ts';

type Section = 'header' | 'identities' | 'peers' | 'unknown' | 'damaged';

const ENTRY_FORMS = {
  identities: 'a line like: <public key> <private key> [verb, verb]',
  peers: 'a line like: <destination> <public key> [verb, verb]',
};

/** Consecutive lines, and where they begin. */
interface Block {
  text: string;
  /** the number of the first line */
  where: number;
}

/**
 * Reads the line-based form.
 *
 * @param text the whole file
 * @param fail told of each line that is nothing, as 'syntax'; the line is passed over then
 */
export function parseLines(text: string, fail: Fail): RawConfig {
  const peers: Block[] = [];
  const raw: RawConfig = {
    values: new Map(),
    identities: [],
    readPeers: (take) => {
      for (const block of peers) readEntries(block, 'peers', fail, take);
    },
    unknown: [],
  };
  for (const { section, heading, block } of readSections(text, fail)) {
    if (section === 'unknown') {
      raw.unknown.push({ text: heading, where: block.where - 1, known: ['[ Identities ]', '[ Peers ]'] });
    } else if (section === 'peers') {
      peers.push(block);
    } else if (section === 'identities') {
      readEntries(block, section, fail, (entry) => raw.identities.push(entry));
    } else if (section === 'header') {
      readValues(block, fail, raw);
    }
  }
  return raw;
}

/** The parts of a file: what precedes the first heading, and what follows each up to the next. */
function* readSections(text: string, fail: Fail): Generator<{ section: Section; heading: string; block: Block }> {
  let section: Section = 'header';
  let heading = '';
  let block = { start: 0, where: 1 };
  // A line that begins with a bracket; not `^`, for which a line may begin after other characters too.
  for (const { 0: opening, index } of text.matchAll(/(?:^|\n)[^\S\n]*\[/g)) {
    const start = opening.startsWith('\n') ? index + 1 : index;
    const newline = text.indexOf('\n', start);
    const end = newline === -1 ? text.length : newline;
    const contents = text.slice(block.start, start);
    yield { section, heading, block: { text: contents, where: block.where } };
    const where = block.where + contents.split('\n').length - 1;
    heading = trimLine(text.slice(start, end));
    section = parseSection(heading, where, fail);
    block = { start: end + 1, where: where + 1 };
  }
  yield { section, heading, block: { text: text.slice(block.start), where: block.where } };
}

function trimLine(written: string): string {
  const comment = written.indexOf('#');
  return (comment === -1 ? written : written.slice(0, comment)).trim();
}

function readValues(block: Block, fail: Fail, raw: RawConfig): void {
  for (const [i, written] of block.text.split('\n').entries()) {
    const line = trimLine(written);
    if (line === '') continue;
    const where = block.where + i;
    const colon = line.indexOf(':');
    if (colon === -1) {
      const advice = 'write it as `key: value`, or behind a #; keys of hosts go below a [ Section ]';
      fail('syntax', where, 'expected `key: value` or a [ Section ]', advice);
      continue;
    }
    const key = line.slice(0, colon).trim().toLowerCase();
    if (!isKnown(key)) {
      raw.unknown.push({ text: key, where, known: CONFIG_KEYS });
      continue;
    }
    const values = raw.values.get(key) ?? [];
    raw.values.set(key, values);
    values.push({ text: line.slice(colon + 1).trim(), where });
  }
}

function isKnown(key: string): key is ConfigKey {
  return (CONFIG_KEYS as readonly string[]).includes(key);
}

function parseSection(line: string, where: number, fail: Fail): Section {
  const name = /^\[([^\]]*)\]$/.exec(line)?.[1]?.trim().toLowerCase();
  if (name === undefined) {
    const advice = 'close the bracket, with nothing behind it';
    return fail('syntax', where, 'expected a section such as [ Identities ] or [ Peers ]', advice) ?? 'damaged';
  }
  return name === 'identities' || name === 'peers' ? name : 'unknown';
}

function readEntries(
  { text, where: firstLine }: Block,
  section: keyof typeof ENTRY_FORMS,
  fail: Fail,
  take: (entry: RawEntry) => void,
): void {
  /** by how they are written: thousands of peers mostly have the same few */
  const verbLists = new Map<string, readonly string[]>();
  // Most lines are plain, and a pattern takes them apart in one go.
  const plain = /[ \t]*([^\s#]+)[ \t]+([^\s#]+)[ \t]+\[([^\][#\n]*)\]\r?\n/y;
  for (let start = 0, where = firstLine; start < text.length; where++) {
    plain.lastIndex = start;
    let match = plain.exec(text);
    if (match !== null) {
      start = plain.lastIndex;
    } else {
      const newline = text.indexOf('\n', start);
      const line = trimLine(newline === -1 ? text.slice(start) : text.slice(start, newline));
      start = newline === -1 ? text.length : newline + 1;
      if (line === '') continue;
      match = /^(\S+)\s+(\S+)\s+\[([^\][]*)\]$/.exec(line);
      if (match === null) {
        fail('syntax', where, `expected ${ENTRY_FORMS[section]}`, 'write it so, verbs in brackets and nothing behind');
        continue;
      }
    }
    const [, name = '', key = '', list = ''] = match;
    let verbs = verbLists.get(list);
    if (verbs === undefined) {
      verbs = list.trim() === '' ? [] : list.split(',').map((verb) => verb.trim());
      verbLists.set(list, verbs);
    }
    take({ name, key, verbs, where });
  }
}
