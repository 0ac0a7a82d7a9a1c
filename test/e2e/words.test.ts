// From words to a payload: where the options end, how words are joined, and what cannot travel as words.

import { beforeEach, describe, expect, it } from 'vitest';
import { run, runShell, startReady } from '../helpers/program.ts';
import { openSite, withWiretap } from '../helpers/site.ts';

const site = withWiretap(openSite(['com.crypto.us.left']));
const [left] = site.nodes;

// What one test has sent is nothing to the next.
beforeEach(async () => {
  await site.wiretap.take();
});

/** The payload of the one message that has been sent. */
async function takePayload(): Promise<Buffer> {
  const [message, ...others] = await site.wiretap.take();
  expect(others).toEqual([]);
  const { data, fields } = message as NonNullable<typeof message>;
  return data.subarray(fields.slice(0, 7).join(',').length + 1);
}

/** The payload of what a command line sends, as text. */
async function sendPayload(args: readonly string[], input?: string | Uint8Array): Promise<string> {
  const ended = await run(left.config, args, input === undefined ? {} : { input });
  expect(ended).toEqual({ exitCode: 0, stdout: '', stderr: '' });
  return (await takePayload()).toString('utf8');
}

describe('the words of a message', () => {
  it.each([
    ['are joined by single spaces', ['-s', 'v1.2', 'is', 'out'], 'v1.2 is out'],
    ['keep their own white space', ['-s', '  two  ', '\ttab\n'], '  two   \ttab\n'],
    ['keep the empty ones', ['-s', 'a', '', 'b'], 'a  b'],
    ['may be none', ['-s'], ''],
    ['may be one that is empty', ['-s', ''], ''],
    [
      'may begin with dashes after the first',
      ['-s', 'text', '-u', '--', '--timeout=5s', '-'],
      'text -u -- --timeout=5s -',
    ],
    ['may begin with dashes after --', ['-s', '--', '-u', 'x'], '-u x'],
    ['may be a second --', ['-s', '--', '--'], '--'],
    ['may look like the value of a flag', ['-s', 'true'], 'true'],
    ['may look like an act', ['-s', 'send', '-r'], 'send -r'],
    ['may hold commas, quotes and other alphabets', ['-s', 'a,b', '"$x"', 'žluťoučký 🐎'], 'a,b "$x" žluťoučký 🐎'],
    ['may hold a genuine U+FFFD', ['-s', 'a\ufffdb'], 'a\ufffdb'],
  ])('%s', async (_, args, payload) => {
    expect(await sendPayload(args)).toBe(payload);
  });
});

describe('the value of an option', () => {
  const wanted = Buffer.from('-x').toString('hex');
  it.each([
    ['the next word, whatever it looks like', ['-s', '-u', '-x', 'text']],
    ['attached', ['-s', '-u-x', 'text']],
    ['behind =', ['-s', '-u=-x', 'text']],
    ['behind a long name', ['-s', '--uuid', '-x', 'text']],
    ['behind a long name and =', ['-s', '--uuid=-x', 'text']],
    ['in a row of short flags', ['-squ', '-x', 'text']],
    ['the last of repeated ones', ['-s', '-u', 'first', '-u', '-x', 'text']],
  ])('may be %s', async (_, args) => {
    expect(await run(left.config, args)).toMatchObject({ exitCode: 0, stderr: '' });
    const [message] = await site.wiretap.take();
    expect(message?.fields.slice(4)).toEqual([wanted, 'ping', '_', 'text']);
  });

  it('may itself be --', async () => {
    expect(await run(left.config, ['-s', '-u', '--', 'text'])).toMatchObject({ exitCode: 0, stderr: '' });
    const [message] = await site.wiretap.take();
    expect(message?.fields.slice(4)).toEqual([Buffer.from('--').toString('hex'), 'ping', '_', 'text']);
  });
});

describe('a message of -', () => {
  it('is read from standard input to its end', async () => {
    expect(await sendPayload(['-s', '-'], 'two\nlines\n')).toBe('two\nlines\n');
  });

  it('is read unchanged, whatever bytes it has', async () => {
    const bytes = Buffer.from(Array.from({ length: 1024 }, (_, i) => i % 256));
    await run(left.config, ['-s', '-'], { input: bytes });
    expect(await takePayload()).toEqual(bytes);
  });

  it('is an empty payload when standard input is empty', async () => {
    expect(await sendPayload(['-s', '-'], '')).toBe('');
  });

  it('is read when it comes in pieces', async () => {
    await runShell(left.config, '{ echo one; sleep 0.1; echo two; } | "$REMAPHORE" -s -');
    expect((await takePayload()).toString()).toBe('one\ntwo\n');
  });

  it('is read for a request as well', async () => {
    await run(left.config, ['-r', '-t', '500ms', '-'], { input: 'question' });
    const [message] = await site.wiretap.take();
    expect(message?.fields.slice(5)).toEqual(['ping', 'Q', 'question']);
  });

  it('is a dash behind --', async () => {
    expect(await sendPayload(['-s', '--', '-'], 'not this')).toBe('-');
  });

  it('is a dash among other words', async () => {
    expect(await sendPayload(['-s', '-', 'x'], 'not this')).toBe('- x');
  });

  it.each([
    ['is a directory', '< /'],
    ['is open for writing only', '0> /dev/null'],
  ])('is refused when standard input %s, and nothing is sent', async (_, redirection) => {
    const { exitCode, stderr } = await runShell(left.config, `exec "$REMAPHORE" -s - ${redirection}`);
    expect(stderr).toMatch(/^remaphore: error: [^\n]*standard input[^\n]*\n(remaphore: hint: [^\n]*\n)?$/);
    expect(exitCode).toBe(2);
    expect(await site.wiretap.take()).toEqual([]);
  });
});

describe('a word that is not UTF-8', () => {
  it.each([
    ['in a message', '-s "a$(printf "\\377")b"'],
    ['behind --', '-s -- "$(printf "caf\\351")"'],
    ['as half of a surrogate pair', '-s "$(printf "\\355\\240\\200")"'],
    ['beside a genuine U+FFFD', '-s "$(printf "\\357\\277\\275")" "$(printf "\\377")"'],
    ['as the value of an option', '-s -u "$(printf "\\377")"'],
    ['among the words of a script', '-o -t 1s echo "$(printf "\\377")"'],
  ])('is refused %s, since it would not arrive as written', async (_, words) => {
    const { exitCode, stdout, stderr } = await runShell(left.config, `exec "$REMAPHORE" ${words}`);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toMatch(/^remaphore: error: .*not valid UTF-8.*\nremaphore: hint: .*remaphore -s -\n$/);
    expect(await site.wiretap.take()).toEqual([]);
  });
});

describe('the words of a script', () => {
  it('begin at the first word that is no option, and keep their dashes', async () => {
    const words = ['[%s]', '-u', '--', '--timeout=1s', ''];
    const receiver = await startReady(left.config, ['-o', '-t', '20s', 'printf', ...words]);
    await run(left.config, ['-s', 'payload']);
    expect((await receiver.finished).stdout).toBe('[-u][--][--timeout=1s][][ping][payload]');
  });

  it('may begin with a dash after --', async () => {
    const receiver = await startReady(left.config, ['-o', '-t', '20s', '--', '-no-such-script']);
    await run(left.config, ['-s']);
    expect((await receiver.finished).stderr).toContain('-no-such-script: not found');
  });
});
