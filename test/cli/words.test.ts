import { describe, expect, it } from 'vitest';
import { splitWords } from '../../src/cli/words.ts';
import { usageError } from '../helpers/failures.ts';

/** The words in a form that is easy to compare. */
function split(...argv: string[]) {
  const { options, rest } = splitWords(argv);
  return { options: Object.fromEntries(options), rest };
}

describe('an option’s value', () => {
  it.each([[['-t', '5s']], [['-t=5s']], [['-t5s']], [['--timeout', '5s']], [['--timeout=5s']]])(
    'can be written as %j',
    (argv) => {
      expect(split(...argv, 'x')).toEqual({ options: { timeout: '5s' }, rest: ['x'] });
    },
  );

  it.each(['-x', '--', '-', '--timeout', '-s', '--send=x', '', '=', ' '])(
    'is the next word although that is %j',
    (word) => {
      expect(split('-u', word, 'x')).toEqual({ options: { uuid: word }, rest: ['x'] });
      expect(split('--uuid', word, 'x')).toEqual({ options: { uuid: word }, rest: ['x'] });
    },
  );

  it('may hold equals signs', () => {
    expect(split('-u=a=b').options).toEqual({ uuid: 'a=b' });
    expect(split('-u==').options).toEqual({ uuid: '=' });
    expect(split('--uuid=a=b').options).toEqual({ uuid: 'a=b' });
    expect(split('-u', '=a').options).toEqual({ uuid: '=a' });
  });

  it('may be empty, which is for whoever reads it to refuse', () => {
    for (const argv of [['-u', ''], ['-u='], ['--uuid='], ['--uuid', '']]) {
      expect(split(...argv).options).toEqual({ uuid: '' });
    }
  });

  it('is the last one when the option is repeated', () => {
    expect(split('-t', '1s', '--timeout=2s', '-t=3s').options).toEqual({ timeout: '3s' });
  });

  it.each([[['-t']], [['--timeout']], [['-s', '-t']], [['-st']], [['-u', 'a', '-u']]])('is missing in %j', (argv) => {
    expect(() => split(...argv)).toThrow(usageError('option', /needs a value/));
  });
});

describe('a flag', () => {
  it('takes no word as its value: the first that follows is the payload’s', () => {
    expect(split('-s', 'true')).toEqual({ options: { send: true }, rest: ['true'] });
    expect(split('--send', 'false', 'x')).toEqual({ options: { send: true }, rest: ['false', 'x'] });
  });

  it.each([[['-s=true']], [['--send=true']], [['--send=']], [['-qs=']]])('takes none attached either: %j', (argv) => {
    expect(() => split(...argv)).toThrow(usageError('option', /takes no value/));
  });

  it('may be repeated', () => {
    expect(split('-s', '--send', '-s').options).toEqual({ send: true });
  });

  it('may stand together with others, an option with a value last', () => {
    expect(split('-dq', 'x')).toEqual({ options: { 'any-destination': true, quiet: true }, rest: ['x'] });
    expect(split('-sqt5s', 'x')).toEqual({ options: { send: true, quiet: true, timeout: '5s' }, rest: ['x'] });
    expect(split('-sqt', '5s')).toEqual({ options: { send: true, quiet: true, timeout: '5s' }, rest: [] });
    expect(split('-sus')).toEqual({ options: { send: true, uuid: 's' }, rest: [] });
  });

  it('has no negative form', () => {
    expect(() => split('--no-send')).toThrow(usageError('option', /unknown option --no-send/));
  });
});

describe('options end', () => {
  it('at the first word that is none, dashes and all that follow', () => {
    expect(split('-s', 'hello', '-t', '5s', '--', '-x')).toEqual({
      options: { send: true },
      rest: ['hello', '-t', '5s', '--', '-x'],
    });
  });

  it('at an empty word', () => {
    expect(split('-s', '', '-t')).toEqual({ options: { send: true }, rest: ['', '-t'] });
  });

  it('at a single dash, which is a word', () => {
    expect(split('-s', '-')).toEqual({ options: { send: true }, rest: ['-'] });
  });

  it('after --, which itself is no word', () => {
    const { rest, afterDashes } = splitWords(['-s', '--', '-t', '--']);
    expect(rest).toEqual(['-t', '--']);
    expect(afterDashes).toBe(true);
    expect(splitWords(['-s', '-']).afterDashes).toBe(false);
  });

  it('nowhere when there are none', () => {
    expect(split()).toEqual({ options: {}, rest: [] });
    expect(split('echo', '-n')).toEqual({ options: {}, rest: ['echo', '-n'] });
  });
});

describe('an unknown option', () => {
  it.each(['-x', '--nonsense', '-sx', '-10', '--x=y', '-é', '---', '--=x', '-s-'])('%s is refused by name', (word) => {
    const name = word.replace(/=.*/, '');
    expect(() => split(word, 'y')).toThrow(usageError('option', new RegExp(`unknown option ${name}`)));
  });

  it.each([
    ['--timout', '--timeout'],
    ['--tiemout=5s', '--timeout'],
    ['--any_destination', '--any-destination'],
    ['--Send', '--send'],
    ['--publickey', '--public-key'],
    ['--exit-staus', '--exit-status'],
    ['-send', '--send'],
  ])('%s is told to be probably %s', (word, meant) => {
    expect(() => split(word)).toThrow(expect.objectContaining({ hint: `did you mean ${meant}?` }));
  });

  it.each(['__proto__', 'constructor', 'toString'])('--%s is none either', (name) => {
    expect(() => split(`--${name}`)).toThrow(usageError('option', /unknown option/));
  });

  it('is not taken by its beginning: --time could mean something else tomorrow', () => {
    expect(() => split('--time', '5s')).toThrow(usageError('option', /unknown option --time/));
  });
});
