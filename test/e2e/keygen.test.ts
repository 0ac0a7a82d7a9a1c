import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/config/load.ts';
import { configText, IDENTITY, OTHER } from '../helpers/config-text.ts';
import { configError } from '../helpers/failures.ts';
import { readRecords } from '../helpers/output-schema.ts';
import { run } from '../helpers/program.ts';

/** It needs no configuration. */
const keygen = (...args: string[]) => run('/nowhere.conf', ['keygen', ...args], { printsKeys: true });

/** A configuration with the lines of keygen's in their places. */
const withLines = (identity: string, peer: string) =>
  configText({ identities: [identity, IDENTITY], peers: [peer, `com.x.z ${OTHER.publicKey} [ping]`] });

describe('keygen', () => {
  it('prints a line for this host and one for the others, each below what it is', async () => {
    const { exitCode, stdout, stderr } = await keygen('-D', 'com.crypto.us.left', '--verbs', 'ping,Deploy');
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    const [secret, identity, open, peer, ...rest] = stdout.split('\n') as [string, string, string, string];
    expect(secret).toMatch(/^# secret: .*\[ Identities \]/);
    expect(open).toMatch(/^# public: .*\[ Peers \]/);
    expect(rest).toEqual(['']);
    const config = await parseConfig(withLines(identity, peer), 'x.conf');
    const { publicKey } = config.defaultIdentity;
    expect(config.defaultIdentity.verbs).toEqual(['ping', 'deploy']);
    expect(config.peers[0]).toEqual({ destination: 'com.crypto.us.left', publicKey, verbs: ['ping', 'deploy'] });
  });

  it('prints what can be put into a configuration as it is, comments and all', async () => {
    const { stdout } = await keygen('-D', 'com.x.a');
    const [secret, identity, open, peer] = stdout.split('\n');
    const text = configText({ identities: [`${secret}\n${identity}`], peers: [`${open}\n${peer}`] });
    expect((await parseConfig(text, 'x.conf')).peers[0]?.destination).toBe('com.x.a');
  });

  it('grants ping when no verbs are given, and any with *', async () => {
    expect((await keygen()).stdout).toMatch(/^\S+ \S+ \[ping\]$/m);
    expect((await keygen('--verbs', '*')).stdout).toMatch(/^\S+ \S+ \[\*\]$/m);
  });

  it('leaves a place for a name that it was not given, which a configuration refuses', async () => {
    const [, identity, open, peer] = (await keygen()).stdout.split('\n') as [string, string, string, string];
    expect(open).toContain('in the place of *THIS-HOST*');
    expect(peer).toMatch(/^\*THIS-HOST\* /);
    const refused = parseConfig(withLines(identity, peer), 'x.conf');
    await expect(refused).rejects.toEqual(configError('value', 8, /without \*/));
    const replaced = await parseConfig(withLines(identity, peer.replace('*THIS-HOST*', 'com.x.a')), 'x.conf');
    expect(replaced.peers[0]?.destination).toBe('com.x.a');
  });

  it('makes another key pair each time', async () => {
    const [one, other] = await Promise.all([keygen(), keygen()]);
    expect(one.stdout).not.toBe(other.stdout);
  });

  it('says the same as JSON', async () => {
    const { stdout, stderr } = await keygen('--json', '-D', 'com.x.a', '--verbs', 'ping', '--verbs', 'deploy,ping');
    expect(stderr).toBe('');
    const [record, ...rest] = readRecords(stdout);
    expect(rest).toEqual([]);
    expect(record).toMatchObject({ type: 'keygen', destination: 'com.x.a', verbs: ['ping', 'deploy'] });
    const { public_key, private_key, identity_line, peer_line } = record as Record<string, string>;
    expect(identity_line).toBe(`${public_key} ${private_key} [ping, deploy]`);
    expect(peer_line).toBe(`com.x.a ${public_key} [ping, deploy]`);
    expect(readRecords((await keygen('--json')).stdout)[0]).toMatchObject({ destination: null });
  });
});

describe('keygen refuses with exit 2 and a line', () => {
  it.each([
    ['a name with *', ['-D', 'com.*'], /destination "com\.\*": a node is named without \*/],
    ['a name with a comma', ['-D', 'a,b'], /cannot hold a comma/],
    ['a name with a space', ['-D', 'a b'], /white space/],
    ['a name that would be a comment', ['-D', 'a#b'], /cannot hold # or brackets/],
    ['a name that would be a heading', ['-D', '[a]'], /cannot hold # or brackets/],
    ['a name with an empty part', ['-D', 'com..x'], /dot/],
    ['an empty name', ['-D', ''], /--destination is empty/],
    ['an empty verb', ['--verbs', 'ping,'], /a part is empty/],
    ['a reserved verb', ['--verbs', 'Reply'], /reserved/],
    ['a verb with a space', ['--verbs', 'a b'], /verbs: expected/],
    ['a verb with brackets', ['--verbs', 'a]'], /verbs: expected/],
    ['a word', ['com.x.a'], /keygen: unexpected word "com\.x\.a"/],
    ['an option of another command', ['-t', '1s'], /--timeout has no meaning for keygen/],
  ])('%s', async (_, args, message) => {
    const { exitCode, stdout, stderr } = await keygen(...args);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toMatch(message);
    expect(stderr.split('\n').length).toBeLessThanOrEqual(3);
  });
});
