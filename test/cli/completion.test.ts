import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../../src/cli/commands.ts';
import { formatBash } from '../../src/cli/completion/bash.ts';
import { listCandidates, listPatterns } from '../../src/cli/completion/candidates.ts';
import { formatFish, quoteFish } from '../../src/cli/completion/fish.ts';
import { buildModel } from '../../src/cli/completion/model.ts';
import { quotePosix } from '../../src/cli/completion/posix.ts';
import { formatScript, SHELL_NAMES } from '../../src/cli/completion/run.ts';
import { formatZsh } from '../../src/cli/completion/zsh.ts';
import { OPTIONS, type OptionSpec } from '../../src/cli/options.ts';
import type { Config } from '../../src/config/config.ts';

const OPTION: OptionSpec = { name: 'odd', describe: 'an option', group: 'General', acts: ['send'] };

const modelOf = (option: Partial<OptionSpec>, words = '') =>
  buildModel([{ ...OPTION, ...option }], [{ name: 'ping', words, describe: 'a command' }], ['bash', 'zsh']);

describe.each(SHELL_NAMES)('the script for %s', (shell) => {
  const script = formatScript(shell);

  it('knows every option, by both its names', () => {
    for (const { name, short } of OPTIONS as readonly OptionSpec[]) {
      expect(script).toMatch(new RegExp(`--${name}[^a-z-]`));
      if (short !== undefined) expect(script).toMatch(new RegExp(` -${short} `));
    }
  });

  it('knows every command, and what it does', () => {
    for (const { name, describe: what } of COMMANDS) {
      expect(script).toContain(name);
      expect(script).toContain(what);
    }
  });

  it('says what every option is that some act or command has', () => {
    const names: string[] = ['send', 'request', 'receive', 'example', ...COMMANDS.map(({ name }) => name)];
    for (const { acts, describe: what, describeFor } of OPTIONS as readonly OptionSpec[]) {
      for (const act of acts.filter((name) => names.includes(name))) {
        const said = (shell === 'fish' ? quoteFish : quotePosix)(describeFor?.[act] ?? what);
        expect(script).toContain(said);
      }
    }
  });
});

describe('what completion knows of an option', () => {
  it('is a letter for each act and command that it is for', () => {
    const { letters, receive, options, commands } = modelOf({ acts: ['receive', 'ping'] });
    expect(letters).toBe('abcd+');
    expect(options[0]?.letters).toBe(`${receive}${commands[0]?.letter}`);
  });

  it('is that an act need not be chosen yet when several have it', () => {
    expect(modelOf({ acts: ['send', 'receive'] }).options[0]?.letters).toBe('+ca');
    expect(modelOf({ acts: ['send', 'ping'] }).options[0]?.letters).toBe('ae');
  });

  it('is what it says for the act or command, where that is something of its own', () => {
    const { options } = modelOf({ acts: ['send', 'request', 'ping'], describeFor: { ping: 'another' } });
    expect(options[0]?.forms).toEqual([
      { letters: '+ab', describe: 'an option', kind: undefined },
      { letters: 'e', describe: 'another', kind: undefined },
    ]);
  });

  it('is that it has a meaning for nothing that there is', () => {
    expect(modelOf({ acts: ['init'], value: 'FILE' }).options[0]).toMatchObject({ letters: '-' });
  });

  it('is that it hides itself, unless it repeats, and what it excludes', () => {
    expect(modelOf({ excludes: ['other'] }).options[0]?.hides).toEqual(['--odd', '--other']);
    expect(modelOf({ repeats: true }).options[0]?.hides).toEqual([]);
  });

  it.each([
    ['VERB,…', 'verbs'],
    ['PATTERN', 'destinations'],
    ['KEY', 'identities'],
    ['FILE', 'files'],
    ['DIR', 'directories'],
    ['all|N|N%', 'words all'],
    ['on|off', 'words on off'],
    ['TEXT', 'nothing'],
    ['', 'nothing'],
  ])('is by a value called %j that there can be %s', (value, kind) => {
    expect(modelOf({ value }).options[0]?.forms[0]?.kind).toBe(kind);
  });

  it('is that a key is a peer’s to receive from, also while nothing else is said', () => {
    const { options } = modelOf({ value: 'KEY', acts: ['send', 'receive'] });
    expect(options[0]?.forms).toEqual([
      { letters: '+c', describe: 'an option', kind: 'peers' },
      { letters: 'a', describe: 'an option', kind: 'identities' },
    ]);
  });
});

describe('what can be offered', () => {
  // A new name belongs here, or into the model.
  const FREE = ['[ID]', 'TEXT', 'DURATION', 'SIZE', 'CHANNEL', 'N', 'NAME,…', 'URL', 'NODE', 'NAME', 'CODE'];

  it('is known for every value and word of the tables, but for those that can be anything', () => {
    const model = buildModel(OPTIONS, COMMANDS, SHELL_NAMES);
    const values = (OPTIONS as readonly OptionSpec[]).flatMap(({ value }, i) =>
      value === undefined ? [] : [[value, model.options[i]?.forms[0]?.kind] as const],
    );
    const words = COMMANDS.flatMap((command, i) =>
      command.words.split(' ').map((word, j) => [word, model.commands[i]?.words[j] ?? 'nothing'] as const),
    );
    const unknown = [...values, ...words].filter(([called, kind]) => called !== '' && kind === 'nothing');
    expect(unknown.filter(([called]) => !FREE.includes(called))).toEqual([]);
  });
});

describe('what completion knows of a command’s words', () => {
  it.each([
    ['', [], false],
    ['DIR', ['directories'], false],
    ['[COMMAND]', ['commands'], false],
    ['SHELL', ['words bash zsh'], false],
    ['FILE [FILE…]', ['files', 'files'], true],
    ['FILE…', ['files'], true],
    ['NAME KEY', ['nothing', 'identities'], false],
  ])('of %j is %j', (words, kinds, repeats) => {
    expect(modelOf({}, words).commands[0]).toMatchObject({ words: kinds, repeats });
  });
});

describe('a description', () => {
  const odd = `it's \\ "odd" $(x) \`y\` %s : #`;

  it('is one word of the shell’s, whatever it holds', () => {
    const model = modelOf({ describe: odd });
    for (const format of [formatBash, formatZsh])
      expect(format(model)).toContain(`'it'\\''s \\ "odd" $(x) \`y\` %s : #'`);
    expect(formatFish(model)).toContain(`'it\\'s \\\\ "odd" $(x) \`y\` %s : #'`);
  });
});

describe('the patterns of destinations', () => {
  it.each([
    [[], []],
    [['com.a'], ['**']],
    [['a', 'b'], ['**']],
    [
      ['com.a.x', 'com.a.y'],
      ['**', 'com.a.**'],
    ],
    [
      ['com.a.x', 'com.a.y', 'com.b'],
      ['**', 'com.**', 'com.a.**'],
    ],
    [
      ['com.a.x', 'com.a.y', 'org.b'],
      ['**', 'com.a.**'],
    ],
    [
      ['com.a', 'com.a.x', 'com.a.y'],
      ['**', 'com.**', 'com.a.**'],
    ],
    [
      ['a..x', 'a..y'],
      ['**', 'a..**'],
    ],
  ])('of %j are those that reach several, each once', (destinations, patterns) => {
    expect(listPatterns(new Set(destinations)).sort()).toEqual(patterns);
  });
});

describe('the candidates', () => {
  const config = {
    identities: [{ publicKey: 'K', verbs: ['ping', '*'] }],
    peers: [
      { destination: 'com.b', publicKey: 'B', verbs: ['deploy', 'ping'] },
      { destination: 'com.a\u202e', publicKey: 'A', verbs: ['*'] },
    ],
  } as unknown as Config;

  it('are sorted, each once, without what stands for any', () => {
    expect(listCandidates('verbs', config)).toEqual([{ text: 'deploy' }, { text: 'ping' }]);
  });

  it('are without what a terminal would obey', () => {
    expect(listCandidates('destinations', config).map(({ text }) => text)).toEqual(['**', 'com.**', 'com.b']);
  });
});
