// The documents that promise something name the tests that hold the program to it. Each of those has to be there.

import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const read = (file: string) => readFileSync(`${ROOT}${file}`, 'utf8');
const TESTS = readdirSync(`${ROOT}test`, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.test.ts'))
  .map((path) => `test/${path}`);

/** A test's file, or the beginning of a title behind one; titles may be broken by the end of a line. */
const NAMED = /`?(?<file>(?:[a-z0-9]+\/)+[a-z0-9-]+\.test\.ts)`?|“(?<title>[^”]+)”/g;
/** What may stand between a file and its titles, or between these. */
const BETWEEN = /^[\s,:;]*(?:and )?$/;

interface Named {
  file: string;
  /** undefined: the file as a whole */
  title: string | undefined;
}

function listNamed(document: string): Named[] {
  const text = read(document);
  const named: Named[] = [];
  let file: string | undefined;
  let end = 0;
  for (const match of text.matchAll(NAMED)) {
    const isClose = BETWEEN.test(text.slice(end, match.index));
    end = match.index + match[0].length;
    const { groups = {} } = match;
    if (groups['file'] !== undefined) {
      file = groups['file'].replace(/^(?!test\/)/, 'test/');
      named.push({ file, title: undefined });
    } else if (file !== undefined && isClose) {
      named.push({ file, title: groups['title']?.replace(/\s+/g, ' ') });
    } else {
      file = undefined;
    }
  }
  return named;
}

/** What stands for something else in titles, of `it.each` and of templates. */
const PLACEHOLDER = /%[sdijo]|\$\{[^}]*\}/;
/** A title that is hardly more than placeholders is a title of nothing. */
const MIN_FIXED = 10;

/** Whether a test or a group in a file has a title that begins so; … stands for something, or for the rest. */
function hasTitle(file: string, title: string): boolean {
  const [start = ''] = title.split(/ ?…/);
  const texts = [...read(file).matchAll(/(['`])((?:(?!\1)[^\\\n]|\\.)+)\1/g)].map(([, , text = '']) => text);
  return texts.some((text) => {
    if (text.startsWith(start)) return true;
    const fixed = text.split(PLACEHOLDER);
    if (fixed.length === 1 || fixed.join('').length < MIN_FIXED) return false;
    return new RegExp(`^${fixed.map((part) => part.replace(/[^\w ]/g, '\\$&')).join('.+')}$`).test(title);
  });
}

describe.each([
  ['SECURITY.md', 60],
  ['docs/guarantees.md', 60],
  ['docs/reliability.md', 10],
])('the tests that %s names', (document, least) => {
  const named = listNamed(document);

  it(`are many (${least} and more)`, () => {
    expect(named.length).toBeGreaterThanOrEqual(least);
  });

  it('are in files that are there', () => {
    expect(named.map(({ file }) => file).filter((file) => !TESTS.includes(file))).toEqual([]);
  });

  it('have these titles', () => {
    const titled = named.filter(({ file, title }) => title !== undefined && TESTS.includes(file));
    expect(titled.filter(({ file, title = '' }) => !hasTitle(file, title))).toEqual([]);
  });
});

describe('each attack in SECURITY.md', () => {
  const rows = read('SECURITY.md')
    .split('\n')
    .filter((line) => line.split('|').length === 6 && !/^\| (attack|---) /.test(line));

  it('has a test, or is said to have no defence', () => {
    expect(rows.length).toBeGreaterThan(30);
    const open = rows.filter((line) => !/test\/\S+\.test\.ts “/.test(line));
    expect(open.filter((line) => !/ \| none: .* \| — \|$/.test(line))).toEqual([]);
  });
});
