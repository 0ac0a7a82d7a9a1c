// Which configuration is read, and what is said about one that cannot be used, or is odd.

import { chmodSync, copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { run, startReady } from '../helpers/program.ts';
import { openSite, withWiretap } from '../helpers/site.ts';

const site = withWiretap(openSite(['com.crypto.us.left', 'com.crypto.us.right']));
const [left, right] = site.nodes;

/** A configuration like the left node's, changed. */
function changedConfig(name: string, change: (text: string) => string): string {
  const path = join(site.directory, name);
  writeFileSync(path, change(readFileSync(left.config, 'utf8')), { mode: 0o600 });
  return path;
}

describe('the configuration', () => {
  it('is the one that $REMAPHORE_CONFIG names', async () => {
    expect(await run(right.config, ['-s'])).toMatchObject({ exitCode: 0 });
    expect((await site.wiretap.take())[0]?.fields[0]).toBe(right.keys.publicKey);
  });

  it.each(['-c', '--config'])('is the one given with %s, whatever the environment says', async (option) => {
    expect(await run('/nonexistent', [option, right.config, '-s'])).toMatchObject({ exitCode: 0, stderr: '' });
    expect((await site.wiretap.take())[0]?.fields[0]).toBe(right.keys.publicKey);
  });

  // To read the usual one would be to send by this machine's own configuration, if it has one: only its name is tested.
  it('is said to be in /etc/remaphore when none is named', async () => {
    const { exitCode, stdout } = await run('', ['-h']);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('/etc/remaphore/remaphore.conf');
  });

  it('may be written in YAML', async () => {
    const path = join(site.directory, 'left.yaml');
    const { publicKey, privateKey } = left.keys;
    const lines = [
      `servers: ["${site.server.url}"]`,
      'credentials: none',
      'subject: remaphore',
      `default_identity: ${publicKey}`,
      'destination: com.crypto.us.left',
      'allow_skew: 10s',
      'strict_replies: true',
      'identities:',
      `  - {public_key: ${publicKey}, private_key: ${privateKey}, verbs: ["*"]}`,
      'peers:',
      `  - {destination: com.crypto.us.right, public_key: ${right.keys.publicKey}, verbs: [ping]}`,
    ];
    writeFileSync(path, lines.join('\n'), { mode: 0o600 });
    const receiver = await startReady(path, ['-o', '-t', '20s']);
    await run(right.config, ['-s', 'to YAML']);
    expect(await receiver.finished).toMatchObject({ exitCode: 0, stdout: 'to YAML\n' });
    await site.wiretap.take();
  });
});

/** Asserts that no act goes on with this configuration, and returns what is said about it. */
async function refuse(config: string): Promise<string> {
  const { privateKey } = left.keys;
  let said = '';
  for (const args of [['-s'], ['-r', '-t', '1s'], ['-o', '-t', '1s']]) {
    const { exitCode, stdout, stderr } = await run(config, args);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toMatch(/^remaphore: error: [^\n]+\n(remaphore: hint: [^\n]+\n)?$/);
    expect(stderr).not.toContain(privateKey.slice(0, 16));
    said = stderr;
  }
  expect(await site.wiretap.take()).toEqual([]);
  return said;
}

describe('a mistake in the Peers', () => {
  it('is of no matter to who sends, and ends whoever needs them', async () => {
    const config = changedConfig('damaged-peers.conf', (text) => `${text}com.crypto.us.new damaged [ping]\n`);
    expect(await run(config, ['-s'])).toMatchObject({ exitCode: 0, stderr: '' });
    expect(await site.wiretap.take()).toHaveLength(1);
    for (const words of [
      ['-r', '-t', '1s'],
      ['-t', '1s'],
    ]) {
      const { exitCode, stderr } = await run(config, words);
      expect({ exitCode, stderr }).toEqual({
        exitCode: 2,
        stderr: expect.stringMatching(/damaged-peers\.conf:\d+: public key:/),
      });
    }
  });
});

describe('a configuration that cannot be used', () => {
  it('is named when it is not there, with a hint', async () => {
    const path = join(site.directory, 'missing.conf');
    expect(await refuse(path)).toBe(
      `remaphore: error: ${path}: no such file\nremaphore: hint: name another with -c; remaphore -C prints an example\n`,
    );
  });

  it('is named when it is a directory', async () => {
    const path = join(site.directory, 'directory.conf');
    mkdirSync(path);
    expect(await refuse(path)).toContain(`remaphore: error: ${path}: it is a directory\n`);
  });

  it.each([
    ['a line without a colon', 'no colon here', 3, /expected `key: value`/],
    ['a server that is no address', 'server: http://host:4222', 3, /expected an address like nats:/],
    ['a destination with *', 'destination: com.*', 3, /without \*/],
    ['a skew that is no duration', 'allow_skew: soon', 3, /expected a duration/],
    ['a skew with days', 'allow_skew: 1d', 3, /expected a duration/],
    ['a negative skew', 'allow_skew: -3s', 3, /negative/],
    ['a subject with a wildcard', 'subject: a.*', 3, /\* or >/],
    ['a strict_replies that is neither true nor false', 'strict_replies: maybe', 3, /true or false/],
    [
      'a default identity that is none',
      'default_identity: 11111111111111111111111111111112',
      3,
      /one of the identities/,
    ],
    ['a section that does not end', '[ Peers', 3, /section/],
  ])('is refused for %s, naming the file and the line', async (_, line, number, why) => {
    // In the third line, in the place of what the file says there; what is after it counts less where only one may be.
    const path = changedConfig('faulty.conf', (text) => {
      const [first, second, , ...others] = text.split('\n');
      const key = /^\w+:/.exec(line)?.[0];
      const rest = others.filter((other) => key === undefined || !other.startsWith(key));
      const destination = key === 'destination:' ? [] : ['destination: com.crypto.us.left'];
      return [first, second, line, ...destination, ...rest].join('\n');
    });
    const said = await refuse(path);
    expect(said).toContain(`remaphore: error: ${path}:${number}: `);
    expect(said).toMatch(why);
  });

  it('is refused for a public key that is not the private key’s', async () => {
    const path = changedConfig('keys.conf', (text) =>
      text.replace(`${left.keys.publicKey} ${left.keys.privateKey}`, `${right.keys.publicKey} ${left.keys.privateKey}`),
    );
    expect(await refuse(path)).toMatch(/keys\.conf:\d+: the public key does not belong to the private key\n/);
  });

  it.each([
    ['server', /no server: expected/],
    ['credentials', /no credentials: expected/],
    ['destination', /no destination: expected/],
  ])('is refused without %s', async (key, why) => {
    const path = changedConfig('lacking.conf', (text) => text.replace(new RegExp(`^${key}:.*$`, 'm'), ''));
    expect(await refuse(path)).toMatch(why);
  });

  it('is refused when its credentials file is not there', async () => {
    const path = changedConfig('credentials.conf', (text) =>
      text.replace('credentials: none', 'credentials: /none.creds'),
    );
    expect(await refuse(path)).toContain('remaphore: error: /none.creds: no such file\n');
  });

  it('is refused when its YAML is none, without quoting it', async () => {
    const path = join(site.directory, 'faulty.yaml');
    writeFileSync(path, `servers: [nats://x:1]\nidentities:\n  - {private_key: ${left.keys.privateKey}\n`);
    expect(await refuse(path)).toMatch(/faulty\.yaml:\d+: not YAML: /);
  });
});

describe('an oddity of the configuration', () => {
  it.each([
    ['an unknown key', 'colour: blue', 'unknown key "colour" has no effect'],
    [
      'an unknown key that resembles a known one',
      'allow_skwe: 5s',
      'unknown key "allow_skwe" (allow_skew?) has no effect',
    ],
  ])('%s is a warning that names it, and the message goes out', async (_, line, warning) => {
    const path = changedConfig('odd.conf', (text) => `${line}\n${text}`);
    expect(await run(path, ['-s'])).toEqual({
      exitCode: 0,
      stdout: '',
      stderr: `remaphore: warning: ${path}:1: ${warning}\n`,
    });
    expect(await site.wiretap.take()).toHaveLength(1);
  });

  it('that everybody can read it is a warning, said with -q as well', async () => {
    const path = join(site.directory, 'open.conf');
    copyFileSync(left.config, path);
    chmodSync(path, 0o644);
    const { exitCode, stderr } = await run(path, ['-s', '-q']);
    expect(exitCode).toBe(0);
    expect(stderr).toMatch(
      /^remaphore: warning: \S*open\.conf: holds private keys and can be read by everybody[^\n]*\n$/,
    );
    await site.wiretap.take();
  });

  it('is not that a group can read it', async () => {
    const path = join(site.directory, 'group.conf');
    copyFileSync(left.config, path);
    chmodSync(path, 0o640);
    expect(await run(path, ['-s'])).toEqual({ exitCode: 0, stdout: '', stderr: '' });
    await site.wiretap.take();
  });
});
