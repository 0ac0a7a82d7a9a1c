import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { escapeText, formatCode, formatTable, formatText } from '../../scripts/docs/markdown.ts';
import { formatReference } from '../../scripts/docs/reference.ts';
import { TABLES } from '../../scripts/docs/tables.ts';
import { formatUsage } from '../../src/cli/commands.ts';
import { ODD_TABLES } from './odd-tables.ts';

/** The part of the reference under a heading. */
function sectionOf(heading: string, text = formatReference(TABLES)): string {
  const level = heading.split(' ', 1)[0]?.length;
  const rest = text.slice(text.indexOf(`\n${heading}\n`) + heading.length + 2);
  const end = rest.search(new RegExp(`^#{1,${level}} `, 'm'));
  return end === -1 ? rest : rest.slice(0, end);
}

/** The rows of tables that are an option's. */
function rowsOf(name: string, text: string): string[] {
  return text.split('\n').filter((line) => line.split('|')[2]?.trim() === `\`--${name}\``);
}

const TITLES: Record<string, string> = {
  send: '## Sending',
  request: '## Asking',
  receive: '## Receiving',
  example: '## An example configuration',
  ...Object.fromEntries(TABLES.commands.map(({ name }) => [name, `### remaphore ${name}`])),
};

describe('the reference', () => {
  it('has every option under each act and command that it is for, and under no other', () => {
    for (const [purpose, heading] of Object.entries(TITLES)) {
      const section = sectionOf(heading);
      const there = TABLES.options.filter(({ acts }) => (acts as readonly string[]).includes(purpose));
      const rows = section.match(/^\|[^|]*\| `--[a-z-]+` /gm)?.map((row) => /--([a-z-]+)/.exec(row)?.[1]);
      expect(rows).toEqual(there.map(({ name }) => name));
      for (const { short, value, name, describe: what, describeFor } of there) {
        const row = rowsOf(name, section)[0];
        if (short !== undefined) expect(row).toContain(`\`-${short}\``);
        if (value !== undefined) expect(row).toContain(formatCode(value));
        expect(row).toContain(formatText(describeFor?.[purpose as 'send'] ?? what));
      }
    }
  });

  it('has every command, its words and its details', () => {
    for (const command of TABLES.commands) {
      const { name, details } = command;
      const section = sectionOf(`### remaphore ${name}`);
      expect(section).toContain(`    remaphore ${formatUsage(command)}\n`);
      expect(section).toContain(formatText(details));
    }
  });

  it('has every exit code and variable', () => {
    for (const { code } of TABLES.exitCodes)
      expect(sectionOf('## Exit codes')).toMatch(new RegExp(`^\\| ${code.replace('+', '\\+')} `, 'm'));
    for (const { name } of TABLES.variables) expect(sectionOf('## Environment')).toContain(`| \`${name}\` `);
  });

  it('shows odd texts as they are, and keeps its tables whole', () => {
    const text = formatReference(ODD_TABLES);
    for (const row of rowsOf('odd', text)) {
      // Four cells, of which no bar inside one is a border.
      expect(row.replaceAll('\\|', '').match(/\|/g)).toHaveLength(5);
      expect(row).toContain('`` `V\\|W\\… ``');
    }
    expect(rowsOf('odd', text)).toHaveLength(2);
    expect(sectionOf('## Sending', text)).toContain('not with `--odd`');
    expect(text).not.toContain('nowhere');
  });

  it('says where the fields of JSON are described', () => {
    expect(sectionOf('## JSON')).toContain('(output.schema.json)');
    const schema = JSON.parse(readFileSync(new URL('../../docs/output.schema.json', import.meta.url), 'utf8'));
    expect(Object.keys(schema.$defs)).toEqual(expect.arrayContaining(['message', 'reply', 'error']));
  });
});

describe('a text in Markdown', () => {
  it.each([
    ['a*b_c`d', 'a\\*b\\_c\\`d'],
    ['<i> & [x](y) | \\', '\\<i\\> \\& \\[x\\](y) \\| \\\\'],
  ])('that is %j is %j', (text, escaped) => {
    expect(escapeText(text)).toBe(escaped);
  });

  it.each([
    ['with --once or -e', 'with `--once` or `-e`'],
    ['(default **)', '(default `**`)'],
    ['$REMAPHORE_CONFIG, else /etc/remaphore.conf', '`$REMAPHORE_CONFIG`, else `/etc/remaphore.conf`'],
    ['well-kept, a - b, 5-6', 'well-kept, a - b, 5-6'],
  ])('that is %j has what can be typed as code', (text, shown) => {
    expect(formatText(text)).toBe(shown);
  });

  it('is in a table whose columns are as wide as they have to be', () => {
    expect(formatTable(['a', 'long'], [['…', 'b']])).toBe('| a   | long |\n| --- | ---- |\n| …   | b    |');
  });
});
