import { describe, expect, it } from 'vitest';
import { formatHelp } from '../../src/cli/help.ts';
import { OPTIONS, type OptionSpec } from '../../src/cli/options.ts';

const SPECS: readonly OptionSpec[] = OPTIONS;

/** The table of the requirements: each long name with its short form. */
const REQUIRED: Record<string, string | undefined> = {
  send: 's',
  request: 'r',
  destination: 'D',
  'any-destination': 'd',
  once: 'o',
  count: 'n',
  distinct: undefined,
  since: undefined,
  keep: undefined,
  follow: undefined,
  'max-age': undefined,
  'max-bytes': undefined,
  replicas: undefined,
  yes: undefined,
  'public-key': 'p',
  timeout: 't',
  uuid: 'u',
  verb: 'v',
  subject: 'S',
  config: 'c',
  jobs: 'j',
  stdin: undefined,
  'exit-status': 'e',
  require: undefined,
  example: 'C',
  quiet: 'q',
  help: 'h',
  version: undefined,
  yaml: undefined,
  explain: undefined,
  'dry-run': undefined,
  json: undefined,
  nodes: undefined,
  server: undefined,
  verbs: undefined,
  add: undefined,
  port: undefined,
  offline: undefined,
  slots: undefined,
  try: undefined,
  ttl: undefined,
  'conflict-exit-code': 'E',
  foreground: undefined,
  list: undefined,
  parties: undefined,
};

const duplicates = (texts: string[]) => texts.filter((text, i) => texts.indexOf(text) !== i);

describe('the table of options', () => {
  it('has no name twice', () => {
    expect(duplicates(SPECS.map(({ name }) => name))).toEqual([]);
  });

  it('has no short form twice', () => {
    expect(duplicates(SPECS.flatMap(({ short }) => short ?? []))).toEqual([]);
  });

  it('has exactly the options that there are to be', () => {
    expect(Object.fromEntries(SPECS.map(({ name, short }) => [name, short]))).toEqual(REQUIRED);
  });

  it('names options as they can be written', () => {
    for (const { name, short } of SPECS) {
      expect(name).toMatch(/^[a-z][a-z-]+$/);
      if (short !== undefined) expect(short).toMatch(/^[a-zA-Z]$/);
    }
  });

  it('excludes each other on both sides', () => {
    for (const { name, excludes = [] } of SPECS) {
      for (const other of excludes) expect(SPECS.find((spec) => spec.name === other)?.excludes).toContain(name);
    }
  });

  it('has a meaning for each option in some act', () => {
    for (const { acts } of SPECS) expect(acts.length).toBeGreaterThan(0);
  });
});

describe('the help', () => {
  it.each([80, 100, 120])('names every option and its short form, in %d columns', async (columns) => {
    const help = await formatHelp(columns);
    for (const { name, short } of SPECS) {
      expect(help).toContain(short === undefined ? `--${name}` : `-${short}, --${name}`);
    }
  });

  it('says what each option is for, and what its value is called', async () => {
    const help = (await formatHelp(120)).replaceAll(/\s+/g, ' ');
    for (const { describe: text, value } of SPECS) {
      expect(help).toContain(text.replaceAll(/\s+/g, ' '));
      if (value !== undefined) expect(help).toContain(value);
    }
  });

  it('names every exit code', async () => {
    const help = await formatHelp(80);
    for (const code of ['0', '1', '2', '3', '4', '70', '128+n'])
      expect(help).toMatch(new RegExp(`(^|[^\\d])${code.replace('+', '\\+')} `));
  });

  it('has no line wider than asked for in the list of options', async () => {
    const lines = (await formatHelp(80)).split('\n').filter((line) => /^ +-/.test(line));
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(80);
  });
});
