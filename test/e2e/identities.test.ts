// Which identity signs what is sent.

import { describe, expect, it } from 'vitest';
import { shortenKey } from '../../src/protocol/keys.ts';
import { createTestKeys } from '../helpers/forge.ts';
import { run } from '../helpers/program.ts';
import { openSite, withWiretap } from '../helpers/site.ts';

const pinger = createTestKeys();
const deployer = createTestKeys();
const restarter = createTestKeys();

const identities = [
  `${pinger.publicKey} ${pinger.privateKey} [ping]`,
  `${deployer.publicKey} ${deployer.privateKey} [Deploy, restart]`,
  `${restarter.publicKey} ${restarter.privateKey} [restart]`,
].join('\n');
const site = withWiretap(
  openSite([
    { destination: 'com.two', verbs: 'status', identities, lines: `default_identity: ${restarter.publicKey}` },
    { destination: 'com.one', verbs: 'status', identities },
  ]),
);
/** with a default identity, and without */
const [two, one] = site.nodes;

/** The key and the verb of what a command line sends. */
async function sendAs(path: string, args: readonly string[]): Promise<(string | undefined)[]> {
  expect(await run(path, ['-s', ...args])).toEqual({ exitCode: 0, stdout: '', stderr: '' });
  const [message] = await site.wiretap.take();
  return [message?.fields[0], message?.fields[5]];
}

describe('the identity that signs', () => {
  it('is the one given with -p', async () => {
    expect(await sendAs(two.config, ['-v', 'restart', '-p', deployer.publicKey])).toEqual([
      deployer.publicKey,
      'restart',
    ]);
  });

  it('is the default identity when it may use the verb, before others that may', async () => {
    expect(await sendAs(two.config, ['-v', 'restart'])).toEqual([restarter.publicKey, 'restart']);
  });

  it('is the first that may use the verb when the default one may not', async () => {
    expect(await sendAs(two.config, [])).toEqual([pinger.publicKey, 'ping']);
    expect(await sendAs(one.config, ['-v', 'restart'])).toEqual([deployer.publicKey, 'restart']);
  });

  it('is the first of all when the configuration names no default and it may use the verb', async () => {
    expect(await sendAs(one.config, ['-v', 'status'])).toEqual([one.keys.publicKey, 'status']);
  });

  it('is found whatever the case of the verb, which travels in lower case', async () => {
    expect(await sendAs(two.config, ['-v', 'DEPLOY'])).toEqual([deployer.publicKey, 'deploy']);
  });
});

describe('a verb that may not be used', () => {
  it('by any identity is refused, naming the verb and the keys', async () => {
    const { exitCode, stdout, stderr } = await run(two.config, ['-s', '-v', 'reboot']);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toMatch(/^remaphore: error: [^\n]*reboot[^\n]*\n(remaphore: hint: [^\n]+\n)?$/);
    for (const { publicKey } of [pinger, deployer, restarter]) expect(stderr).toContain(shortenKey(publicKey));
    expect(await site.wiretap.take()).toEqual([]);
  });

  it('by the identity given with -p is refused, though another may', async () => {
    const { exitCode, stderr } = await run(two.config, ['-s', '-v', 'deploy', '-p', pinger.publicKey]);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/^remaphore: error: [^\n]*deploy[^\n]*\n$/);
    expect(stderr).toContain(shortenKey(pinger.publicKey));
    expect(await site.wiretap.take()).toEqual([]);
  });

  it('is refused for a request as well', async () => {
    const { exitCode, stderr } = await run(two.config, ['-r', '-t', '1s', '-v', 'reboot']);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('reboot');
    expect(await site.wiretap.take()).toEqual([]);
  });
});
