import { execFileSync, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { EXAMPLES } from '../../scripts/docs/examples.ts';
import { formatManual } from '../../scripts/docs/manual.ts';
import { escapeRoff, formatProse } from '../../scripts/docs/roff.ts';
import { TABLES, type Tables } from '../../scripts/docs/tables.ts';
import { formatUsage } from '../../src/cli/commands.ts';
import { readAct } from '../../src/cli/read-act.ts';
import { splitWords } from '../../src/cli/words.ts';
import { hasProgram } from '../helpers/tools.ts';
import { ODD_TABLES, ODD_TEXTS } from './odd-tables.ts';

const FILE = fileURLToPath(new URL('../../man/remaphore.1', import.meta.url));

/** What a reader sees of a manual, in one line. */
function show(manual: string): string {
  return execFileSync('mandoc', ['-Tutf8', '-Owidth=200'], { input: manual, encoding: 'utf8' })
    .replaceAll(/.\x08/g, '')
    .replaceAll(/\s+/g, ' ');
}

/** What mandoc and groff say about a manual. */
function lint(manual: string): string {
  const { stdout, stderr } = spawnSync('mandoc', ['-Tlint', '-W', 'warning'], { input: manual, encoding: 'utf8' });
  return stdout + stderr;
}

describe.skipIf(!hasProgram('mandoc'))('the manual, read with mandoc,', () => {
  let shown: string;

  beforeAll(() => {
    shown = show(formatManual(TABLES, '1.2.3'));
  });

  it('has nothing that mandoc warns of', () => {
    expect(lint(formatManual(TABLES, '1.2.3'))).toBe('');
  });

  it('names every option with its short form, and says what it is for', () => {
    for (const { name, short, value, describe: what } of TABLES.options) {
      const names = `${short === undefined ? '' : `-${short}, `}--${name}`;
      expect(shown).toContain(value === undefined ? names : `${names} ${value.replace('…', '...')}`);
      expect(shown).toContain(what);
    }
  });

  it('names every command, and says what it does', () => {
    for (const command of TABLES.commands) {
      const { describe: what, details } = command;
      expect(shown).toContain(formatUsage(command).replace('…', '...'));
      expect(shown).toContain(what.slice(1));
      expect(shown).toContain(details);
    }
  });

  it('says what each option is for a command, where that is something of its own', () => {
    const names: string[] = TABLES.commands.map(({ name }) => name);
    for (const { describeFor = {} } of TABLES.options) {
      for (const [name, what] of Object.entries(describeFor)) if (names.includes(name)) expect(shown).toContain(what);
    }
  });

  it('names every exit code and variable', () => {
    for (const { code, describe: what } of TABLES.exitCodes) expect(shown).toContain(`${code} ${what}`);
    for (const { name, describe: what } of TABLES.variables) expect(shown).toContain(`${name} ${what}`);
  });

  it('shows odd texts as they are', () => {
    const odd = formatManual(ODD_TABLES, '1.2.3');
    expect(lint(odd)).toBe('');
    for (const text of ODD_TEXTS) expect(show(odd)).toContain(text);
  });
});

describe.skipIf(!hasProgram('man'))('the manual, read with man,', () => {
  it('has nothing that groff warns of', () => {
    const env = { ...process.env, LC_ALL: 'C.UTF-8', MANROFFOPT: '', MANWIDTH: '80' };
    const { status, stdout, stderr } = spawnSync('man', ['--warnings', '-l', FILE], { encoding: 'utf8', env });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain('REMAPHORE(1)');
  });
});

describe('the manual', () => {
  it('has the sections that manuals have, in their order', () => {
    const sections = formatManual(TABLES, '1.2.3').match(/^\.SH .*$/gm);
    const names = ['NAME', 'SYNOPSIS', 'DESCRIPTION', 'OPTIONS', 'COMMANDS', 'EXIT STATUS', 'ENVIRONMENT', 'FILES'];
    expect(sections).toEqual([...names, 'EXAMPLES', 'SEE ALSO'].map((name) => `.SH ${name}`));
  });

  it('is made of ASCII, macros that there are, and escapes', () => {
    for (const tables of [TABLES, ODD_TABLES] satisfies Tables[]) {
      for (const line of formatManual(tables, '1.2.3').split('\n')) {
        expect(line).toMatch(/^[\x20-\x7e]*$/);
        if (/^[.']/.test(line)) expect(line).toMatch(/^\.(TH|SH|SS|SY|YS|PP|TP|RS|RE|nf|fi|BR)( |$)|^\.\\" /);
      }
    }
  });

  it('has examples that can be typed', () => {
    const lines = EXAMPLES.flatMap((example) => example.lines);
    const calls = lines
      .flatMap((line) => line.match(/remaphore [^&|]*/g) ?? [])
      .map((call) => call.trim().split(/\s+/).slice(1));
    expect(calls.length).toBeGreaterThan(lines.length / 2);
    for (const words of calls.filter(([first]) => !TABLES.commands.some(({ name }) => name === first))) {
      expect(readAct(splitWords(words), {})).toHaveProperty('act');
    }
  });
});

describe('a text for a manual', () => {
  it.each([
    ['a-b', 'a\\-b'],
    ['.start', '\\&.start'],
    ["'start", '\\(aqstart'],
    ['back\\slash', 'back\\eslash'],
    ['"quoted" `it` ~ ^', '\\(dqquoted\\(dq \\(gait\\(ga \\(ti \\(ha'],
    ['the host’s …', 'the host\\(cqs \\&...'],
    ['π 🐚', '\\[u03C0] \\[u1F41A]'],
    ['several\n.lines', 'several .lines'],
    ['', ''],
  ])('that is %j is %j', (text, escaped) => {
    expect(escapeRoff(text)).toBe(escaped);
  });

  it('has its options in bold', () => {
    expect(formatProse('with --once or -e')).toBe('with \\fB\\-\\-once\\fR or \\fB\\-e\\fR');
    expect(formatProse('not a-b, 5-6, - or --')).toBe('not a\\-b, 5\\-6, \\- or \\-\\-');
  });
});
