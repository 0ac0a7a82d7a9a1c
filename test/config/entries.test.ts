import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { failAtFirst } from '../../src/config/faults.ts';
import { parseLines } from '../../src/config/lines.ts';
import { configError } from '../helpers/failures.ts';

/** What the description says of a line of a section: the comment goes, then white space, then three fields. */
function describeLine(written: string): { name: string; key: string; verbs: string[] } | undefined {
  const line = written.replace(/#.*$/s, '').trim();
  if (line === '') return undefined;
  const [, name = '', key = '', list = ''] = /^(\S+)\s+(\S+)\s+\[([^\][]*)\]$/.exec(line) ?? [];
  const verbs = list.split(',').map((verb) => verb.trim());
  return { name, key, verbs: list.trim() === '' ? [] : verbs };
}

const space = fc.constantFrom(' ', '  ', '\t', ' \t ', '\u00a0', '\u3000');
const edge = fc.constantFrom('', ' ', '\t', '\r', ' \r', '\u00a0', '# who', ' # [x]');
const field = fc.constantFrom('com.x.y', 'a', 'ünï', 'x#y', 'com,x', '[z]', 'K1');
const list = fc.constantFrom(
  '[]',
  '[ ]',
  '[*]',
  '[ping]',
  '[ ping ,deploy ]',
  '[a,,b]',
  '[a',
  '[a[b]',
  '[a\u00a0]',
  'a]',
);
const entry = fc.tuple(edge, field, space, field, space, list, edge).map((parts) => parts.join(''));
const line = fc.oneof({ weight: 6, arbitrary: entry }, fc.constantFrom('', '  ', '# comment', '\r', 'one', 'a b'));

describe('a line of a section', () => {
  it('is read as it is described, whatever white space and comments it has, under its own number', () => {
    fc.assert(
      fc.property(fc.array(line, { maxLength: 8 }), fc.boolean(), (lines, ends) => {
        // A line that opens with a bracket is a heading, and ends the section.
        fc.pre(!lines.some((written) => written.replace(/#.*$/s, '').trim().startsWith('[')));
        const text = ['destination: com.x', '[ Peers ]', ...lines].join('\n') + (ends ? '\n' : '');
        const expected = lines
          .map((written, i) => ({ ...describeLine(written), where: i + 3 }))
          .filter(({ name }) => name !== undefined);
        const firstBad = expected.find(({ name }) => name === '');
        const entries: unknown[] = [];
        const read = () => parseLines(text, failAtFirst('x.conf')).readPeers((read) => entries.push(read));
        if (firstBad === undefined) {
          read();
          expect(entries).toEqual(expected);
        } else {
          expect(read).toThrow(configError('syntax', firstBad.where, /expected a line like/));
          expect(entries).toEqual(expected.slice(0, expected.indexOf(firstBad)));
        }
      }),
      { numRuns: 2000 },
    );
  });
});
