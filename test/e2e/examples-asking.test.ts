// The examples that ask several hosts: one after the other, and all at once with a majority. What counts is what the
// hosts' scripts ended with, not that they answered.

import { describe, expect, it } from 'vitest';
import { openExamples } from '../helpers/examples.ts';
import { createNetwork } from '../helpers/network.ts';
import { respondWith } from '../helpers/responders.ts';
import { findFreePort } from '../helpers/server.ts';
import { openSite, withClient } from '../helpers/site.ts';

const site = withClient(
  openSite([
    { destination: 'com.example.ops', verbs: 'restart, deploy' },
    { destination: 'com.example.web1', verbs: 'ping' },
    { destination: 'com.example.web2', verbs: 'ping' },
    { destination: 'com.example.web3', verbs: 'ping' },
    { destination: 'com.example.web4', verbs: 'ping' },
  ]),
);
const [ops, web1, web2, web3, web4] = site.nodes;
const HOSTS = { web1, web2, web3, web4 };
const examples = openExamples();

type Replies = Partial<Record<keyof typeof HOSTS, string>>;

/** Plays hosts that answer so when they are asked; the others stay silent. Returns whom each request was for. */
async function answer(replies: Replies): Promise<string[]> {
  const asked: string[] = [];
  await respondWith(site.client, 'remaphore.all', (request) => {
    const [, , destination = '', , , verb, , ...payload] = request.request.toString('latin1').split(',');
    asked.push(`${destination} ${verb} ${payload.join(',')}`.trim());
    for (const [name, reply] of Object.entries(replies)) {
      if (destination.endsWith('*') || destination.endsWith(name)) {
        request.answer(HOSTS[name as keyof typeof HOSTS], reply);
      }
    }
  });
  return asked;
}

/** A configuration by a server that is not there. */
async function withoutServer(use: (config: string) => Promise<void>): Promise<void> {
  using hosts = createNetwork(`nats://127.0.0.1:${await findFreePort()}`, ['com.example.web1']);
  await use(hosts.nodes[0]?.config as string);
}

describe('rolling-restart.sh', () => {
  const ALL = ['com.example.web1', 'com.example.web2', 'com.example.web3'];
  const restart = (hosts: readonly string[], env: Record<string, string> = {}) =>
    examples.run(ops.config, 'rolling-restart.sh', hosts, { env: { TIMEOUT: '20s', ...env } });

  it('asks the hosts in the order given, one at a time, and names each that has done it', async () => {
    const asked = await answer({ web1: '0,', web2: '0,two\nlines', web3: '0,0,1' });
    const order = ['com.example.web3', 'com.example.web1', 'com.example.web2'];
    expect(await restart(order)).toEqual({ exitCode: 0, stdout: `${order.join('\n')}\n`, stderr: '' });
    expect(asked).toEqual(order.map((host) => `${host} restart`));
  });

  it('stops at the first host whose script failed, though it answered, and shows what it said', async () => {
    const asked = await answer({ web1: '0,fine', web2: '1,no space left\nsecond \u001b[31mline', web3: '0,fine' });
    const { exitCode, stdout, stderr } = await restart(ALL);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: 'com.example.web1\n' });
    expect(stderr).toMatch(
      /^rolling-restart: com\.example\.web2 failed \(exit code 1\): stopped, 1 of 3 done\. It said:\n--> [0-9a-f]{32}\ncom\.example\.web2,1,no space left\nsecond \[31mline\n--< [0-9a-f]{32}\n$/,
    );
    expect(asked).toHaveLength(2);
  });

  it.each([
    ['a line of output that looks like a success', '1,x\ncom.example.web1,0,fine'],
    ['a line of output that looks like the end of a reply', '1,x\n--< 0\ncom.example.web1,0,fine'],
    ['no exit code, from a host without a script', 'NO_DATA'],
    ['an exit code that is not of a script', '-1,fine'],
    ['126, since it could not be run', '126,remaphore: not executable'],
  ])('takes no success from %s', async (_, reply) => {
    await answer({ web1: reply });
    expect(await restart(['com.example.web1'])).toMatchObject({ exitCode: 1, stdout: '' });
  });

  it('takes no failure from a line of output that looks like one', async () => {
    await answer({ web1: '0,x\ncom.example.web1,1,failed' });
    expect(await restart(['com.example.web1'])).toMatchObject({ exitCode: 0, stdout: 'com.example.web1\n' });
  });

  it('stops at the first host that is silent, and names it', async () => {
    const asked = await answer({ web1: '0,', web3: '0,' });
    const { exitCode, stdout, stderr } = await restart(ALL, { TIMEOUT: '2s' });
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: 'com.example.web1\n' });
    expect(stderr).toContain('rolling-restart: com.example.web2 did not answer within 2s: stopped, 1 of 3 done\n');
    expect(asked).toHaveLength(2);
  });

  it('passes on the verb and the payload that it is given', async () => {
    const asked = await answer({ web1: '0,' });
    await restart(['com.example.web1'], { VERB: 'deploy', PAYLOAD: '-v 1.2, "x"' });
    expect(asked).toEqual(['com.example.web1 deploy -v 1.2, "x"']);
  });

  it('ends with 3 when the broker is away', async () => {
    await withoutServer(async (config) => {
      const env = { TIMEOUT: '300ms' };
      const { exitCode, stdout, stderr } = await examples.run(config, 'rolling-restart.sh', ['com.example.web1'], {
        env,
      });
      expect({ exitCode, stdout }).toEqual({ exitCode: 3, stdout: '' });
      expect(stderr).toContain('remaphore ended with 3: stopped, 0 of 1 done\n');
    });
  });

  it.each([
    ['no host', []],
    ['a pattern, which would be many at once', ['com.example.*']],
    ['a host that is no peer', ['com.example.web9']],
    ['an empty name', ['']],
  ])('ends with 2 for %s, and asks nobody', async (_, hosts) => {
    const asked = await answer({ web1: '0,' });
    expect(await restart(hosts)).toMatchObject({ exitCode: 2, stdout: '' });
    await site.client.flush();
    expect(asked).toEqual([]);
  });
});

describe('majority.sh', () => {
  const majority = (env: Record<string, string> = {}, words = ['com.example.web*', 'deploy', 'v1.2']) =>
    examples.run(ops.config, 'majority.sh', words, { env: { TIMEOUT: '20s', ...env } });

  it('succeeds when more than half have done it, and says who has not', async () => {
    const asked = await answer({ web1: '0,', web2: '0,a\nb', web3: '0,', web4: '3,full' });
    expect(await majority()).toEqual({
      exitCode: 0,
      stdout: '3 of 4 have done it, 3 needed\n',
      stderr: 'majority: com.example.web4 failed (exit code 3)\n',
    });
    expect(asked).toEqual(['com.example.web* deploy v1.2']);
  });

  it('ends with 4 when only half have, though all answered', async () => {
    await answer({ web1: '0,', web2: '1,0', web3: '0,', web4: 'NO_DATA' });
    const { exitCode, stdout, stderr } = await majority();
    expect({ exitCode, stdout }).toEqual({ exitCode: 4, stdout: '2 of 4 have done it, 3 needed\n' });
    expect(stderr).toContain('majority: com.example.web2 failed (exit code 1)\n');
    expect(stderr).toContain('majority: com.example.web4 failed (exit code -)\n');
  });

  it('counts the hosts that the pattern matches, silent ones too, and not whoever else answers', async () => {
    await respondWith(site.client, 'remaphore.all', ({ answer: reply }) => {
      for (const host of [web1, web2, ops]) reply(host, '0,');
    });
    const { exitCode, stdout, stderr } = await majority({ TIMEOUT: '2s' });
    expect({ exitCode, stdout }).toEqual({ exitCode: 4, stdout: '2 of 4 have done it, 3 needed\n' });
    expect(stderr).toContain('majority: com.example.web3 did not answer\n');
  });

  it('does not let one host speak for another in what it prints', async () => {
    await answer({ web1: '0,x\n--< 0\ncom.example.web2,0,\ncom.example.web3,0,', web4: '0,' });
    expect(await majority({ TIMEOUT: '2s' })).toMatchObject({
      exitCode: 4,
      stdout: '2 of 4 have done it, 3 needed\n',
    });
  });

  it.each([
    ['2', 0, 2],
    ['75%', 4, 3],
    // 51% of 4 are 2.04, rounded up 3; 50% are 2.
    ['51%', 4, 3],
    ['50%', 0, 2],
    ['100%', 4, 4],
  ])('with NEED=%s ends with %i when 2 of 4 have done it', async (NEED, exitCode, needed) => {
    await answer({ web1: '0,', web2: '0,', web3: '1,', web4: '1,' });
    expect(await majority({ NEED })).toMatchObject({ exitCode, stdout: `2 of 4 have done it, ${needed} needed\n` });
  });

  it('ends with 1 when nobody listens', async () => {
    expect(await majority()).toMatchObject({ exitCode: 1, stdout: '' });
  });

  it('ends with 3 when the broker is away', async () => {
    await withoutServer(async (config) => {
      const env = { TIMEOUT: '300ms' };
      const ended = await examples.run(config, 'majority.sh', ['com.example.web1', 'deploy'], { env });
      expect(ended).toMatchObject({ exitCode: 3, stdout: '' });
    });
  });

  it.each([
    ['no verb', {}, ['com.example.web*']],
    ['a pattern that matches nobody', {}, ['com.nowhere.*', 'deploy']],
    ['a verb that this host may not send', {}, ['com.example.web*', 'format']],
    ['NEED=most', { NEED: 'most' }, undefined],
    ['NEED=5%%', { NEED: '5%%' }, undefined],
    ['NEED=0', { NEED: '0' }, undefined],
    ['NEED=5 of 4 hosts', { NEED: '5' }, undefined],
    ['NEED=101%', { NEED: '101%' }, undefined],
  ])('ends with 2 for %s, and asks nobody', async (_, env, words) => {
    const asked = await answer({ web1: '0,' });
    expect(await majority(env, words)).toMatchObject({ exitCode: 2, stdout: '' });
    await site.client.flush();
    expect(asked).toEqual([]);
  });
});

describe('field-nodes.sh', () => {
  /** Plays four hosts that answer, those named as an older implementation does. */
  const ping = async (old: readonly string[], silent: readonly string[] = [], TIMEOUT = '20s') => {
    await respondWith(site.client, 'remaphore.all', ({ answer: reply }) => {
      for (const [name, host] of Object.entries(HOSTS)) {
        if (!silent.includes(name)) reply(host, 'NO_DATA', { bound: !old.includes(name) });
      }
    });
    return examples.run(web1.config, 'field-nodes.sh', ['com.example.web*'], { env: { TIMEOUT } });
  };

  it('names the hosts whose answers are not bound to the request', async () => {
    const expected = { exitCode: 1, stdout: 'com.example.web2\ncom.example.web4\n', stderr: '' };
    expect(await ping(['web2', 'web4'])).toEqual(expected);
  });

  it('ends with 0 when all have answered and none is old', async () => {
    expect(await ping([])).toEqual({ exitCode: 0, stdout: '', stderr: '' });
  });

  it('ends with 4 when some are silent, which may be old', async () => {
    expect(await ping([], ['web3'], '2s')).toMatchObject({ exitCode: 4, stdout: '' });
  });

  it('ends with 1 when all are silent', async () => {
    expect(await ping([], Object.keys(HOSTS), '1s')).toMatchObject({ exitCode: 1, stdout: '' });
  });
});
