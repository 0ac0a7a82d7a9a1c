// Mistakes on the command line: each is exit 2, one line that says what is wrong, a hint where one helps, no stack, and
// nothing reaches the server.

import { describe, expect, it } from 'vitest';
import { run } from '../helpers/program.ts';
import { openSite, withWiretap } from '../helpers/site.ts';

const site = withWiretap(openSite(['com.crypto.us.left', 'com.crypto.us.right']));
const [left, right] = site.nodes;

/** Runs a command line that is a mistake; `said` is the whole of standard error. */
async function expectUsageError(args: readonly string[], said: RegExp): Promise<void> {
  const { exitCode, stdout, stderr } = await run(left.config, args);
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
  expect(stderr).toMatch(/^remaphore: error: [^\n]+\n(remaphore: hint: [^\n]+\n)?$/);
  expect(stderr).toMatch(said);
  expect(stderr).not.toMatch(/\bat .*:\d+/);
  expect(await site.wiretap.take()).toEqual([]);
}

describe('an empty value', () => {
  const wanted = /^remaphore: error: --\S+ is empty\nremaphore: hint: is a variable unset\?\n$/;
  it.concurrent.each([
    ['-u to wait for', ['-u', '', '-t', '1s']],
    ['-u to send', ['-s', '-u', '', 'text']],
    ['-u=', ['-s', '-u=']],
    ['--uuid=', ['--uuid=', '-t', '1s']],
    ['-v to accept', ['-v', '', '-t', '1s']],
    ['-v to send', ['-s', '-v', '']],
    ['-D to receive as', ['-D', '', '-t', '1s']],
    ['-D to reach', ['-s', '-D', '']],
    ['-p to receive from', ['-p', '', '-t', '1s']],
    ['-p to send as', ['-s', '-p', '']],
    ['-S to receive on', ['-S', '', '-t', '1s']],
    ['-S to send on', ['-s', '-S', '']],
    ['-S to ask on', ['-r', '--subject', '', '-t', '1s']],
    ['the last of repeated ones', ['-s', '-u', 'set', '-u', '']],
  ])('of %s is refused, as it would be with an unset variable', async (_, args) => {
    await expectUsageError(args, wanted);
  });

  it('in a list of verbs is refused', async () => {
    await expectUsageError(['-v', 'ping,,deploy', '-t', '1s'], /--verb "ping,,deploy"/);
  });
});

describe('a pattern that no destination can match', () => {
  it.concurrent.each([
    ['has a comma', 'com.a,com.b', /comma/],
    ['has two * in a segment', 'com.*mid*', /one \*/],
    ['has ** before the end', 'com.**.left', /\*\*.*last/],
    ['has ** as part of the last segment', 'com.left**', /\*\*.*whole segment/],
    ['has white space', 'com left', /white space/],
  ])('is refused when it %s', async (_, pattern, why) => {
    await expectUsageError(['-s', '-D', pattern], why);
    await expectUsageError(['-r', '-D', pattern, '-t', '1s'], why);
  });
});

describe('a channel', () => {
  it.concurrent.each(['a*', '*', '>', 'a.>', '.a', 'a.', 'a b', 'a\tb', 'a\n'])('named %j is refused', async (name) => {
    await expectUsageError(['-s', '-S', name], /error: subject ".*": it cannot/);
    await expectUsageError(['-S', name, '-t', '1s'], /error: subject ".*": it cannot/);
  });
});

describe('the verb reply', () => {
  it.concurrent.each([
    ['sent', ['-s', '-v', 'reply']],
    ['sent in another case', ['-s', '-v', 'Reply']],
    ['asked with', ['-r', '-v', 'reply', '-t', '1s']],
    ['waited for', ['-v', 'reply', '-t', '1s']],
    ['waited for among others', ['-v', 'ping,reply', '-t', '1s']],
  ])('cannot be %s', async (_, args) => {
    await expectUsageError(args, /error: verb "reply": it is reserved/i);
  });
});

describe('a duration', () => {
  it.concurrent.each([
    ['is negative', '-5s', /"-5s": cannot be negative/],
    ['has no unit', '5', /"5": expected a duration like 1h2m3s4ms/],
    ['has an unknown unit', '5w', /"5w": expected a duration like 1h2m3s4ms/],
    ['has text behind it', '5s later', /expected a duration like 1h2m3s4ms/],
    ['is empty', '', /--timeout is empty/],
    ['is longer than can be counted', '999999999d', /expected a duration/],
  ])('that %s is refused', async (_, duration, why) => {
    await expectUsageError(['-t', duration], why);
    await expectUsageError(['-s', `--timeout=${duration}`], why);
  });
});

describe('an unknown option', () => {
  it.concurrent.each([
    [['--timout', '5s'], /unknown option --timout\nremaphore: hint: did you mean --timeout\?\n$/],
    [['--timeuot=5s'], /unknown option --timeuot\nremaphore: hint: did you mean --timeout\?\n$/],
    [['--sned', 'text'], /unknown option --sned\nremaphore: hint: did you mean --send\?\n$/],
    [['-send', 'text'], /unknown option -send\nremaphore: hint: did you mean --send\?\n$/],
    [['--qqqqqq'], /unknown option --qqqqqq\nremaphore: hint: see remaphore --help/],
    [['-x'], /unknown option -x\nremaphore: hint: see remaphore --help/],
    [['-s', '-5'], /unknown option -5\nremaphore: hint: .*--/],
    [['--constructor'], /unknown option --constructor\n/],
    [['--\u001b[31m'], /unknown option --\\x1b\[31m\n/],
  ])('like %j is refused, with a hint', async (args, said) => {
    await expectUsageError(args, said);
  });
});

describe('a value', () => {
  it.concurrent.each(['-D', '-p', '-t', '-u', '-v', '-S', '-c', '-j', '--require', '--timeout'])(
    'that is missing after %s is asked for',
    async (option) => {
      await expectUsageError(['-s', option], new RegExp(`error: ${option} needs a value\\n`));
    },
  );

  it.concurrent.each([
    [['--send=true'], /--send takes no value/],
    [['-s=true'], /-s takes no value/],
    [['--help=please'], /--help takes no value/],
  ])('given to a flag, %j, is refused', async (args, said) => {
    await expectUsageError(args, said);
  });
});

describe('options that do not go together', () => {
  it.concurrent.each([
    [['-s', '-r'], /--send and --request exclude each other/],
    [['-r', '-s', 'text'], /--send and --request exclude each other/],
    [['-d', '-D', 'com.x'], /--destination and --any-destination exclude each other/],
    [['-e', 'true'], /--exit-status needs --once/],
    [['-e', '-o'], /--exit-status needs .*a script/],
    [['--stdin'], /--stdin needs a script/],
    [['-s', '-d'], /--any-destination is for receiving/],
    [['-s', '-j', '2'], /--jobs is for receiving/],
    [['-r', '-o'], /--once is for receiving/],
    [['--require', 'all'], /--require is for --request/],
    [['--yaml'], /--yaml is for --example/],
    [['-C', '-s'], /exclude each other/],
    [['-C', 'word'], /--example takes no words/],
  ])('like %j are refused', async (args, said) => {
    await expectUsageError(args, said);
  });
});

describe('a number', () => {
  it.concurrent.each(['0', '-1', '1.5', 'many', '1e3', ''])('of %j jobs is refused', async (jobs) => {
    await expectUsageError(['-j', jobs, 'true'], /error: --jobs/);
  });

  it.concurrent.each(['0', '-1', '1.5', 'most', '0%', '101%', '%', ''])(
    'of %j required responders is refused',
    async (required) => {
      await expectUsageError(['-r', '-t', '1s', '--require', required], /error: --require/);
    },
  );

  it('of required responders above the known ones is refused', async () => {
    await expectUsageError(['-r', '-t', '1s', '--require', '3'], /--require 3: only 2 known responders/);
  });
});

describe('a key', () => {
  it.concurrent.each([
    ['that is not base58', ['-p', '0OIl', '-t', '1s'], /public key: /],
    ['of another length', ['-p', 'abc', '-t', '1s'], /public key: expected 32 bytes in base58, got 3/],
    ['of nobody known', ['-p', '11111111111111111111111111111112', '-t', '1s'], /none of the configuration’s Peers/],
    ['of no identity of this node', ['-s', '-p', '11111111111111111111111111111112'], /none of this node's identities/],
  ])('%s is refused', async (_, args, said) => {
    await expectUsageError(args, said);
  });

  it('of a peer is no identity to send as', async () => {
    const peer = right.keys.publicKey;
    await expectUsageError(['-s', '-p', peer], /none of this node's identities/);
  });

  it('that is a private one by mistake is not repeated', async () => {
    const privateKey = left.keys.privateKey;
    for (const args of [
      ['-p', privateKey, '-t', '1s'],
      ['-s', '-p', privateKey],
    ]) {
      const { exitCode, stderr } = await run(left.config, args);
      expect(exitCode).toBe(2);
      expect(stderr).not.toContain(privateKey.slice(0, 20));
    }
  });
});

describe('a request that nobody known could answer', () => {
  it('is refused', async () => {
    await expectUsageError(['-r', '-D', 'org.elsewhere.**', '-t', '1s'], /org\.elsewhere\.\*\*.*nobody could answer/);
  });
});
