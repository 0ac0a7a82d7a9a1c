import { describe, expect, it } from 'vitest';
import { run } from '../helpers/program.ts';
import { respondWith } from '../helpers/responders.ts';
import { openSite, withClient } from '../helpers/site.ts';

const site = withClient(openSite(['ops.asker', 'com.web1', 'com.web2', 'com.web3']));
const [asker, ...hosts] = site.nodes;

/** Asks three hosts, of which the first so many answer, each with what a script that failed would say. */
async function ask(answering: number, ...words: string[]) {
  await respondWith(site.client, 'remaphore.all', ({ answer }) => {
    for (const node of hosts.slice(0, answering)) answer(node, '1,failed');
  });
  return run(asker.config, ['-r', '-D', 'com.*', '-t', answering === 3 ? '20s' : '800ms', ...words]);
}

describe('--require', () => {
  it.each([
    ['all', 3, 0],
    ['all', 2, 4],
    ['ALL', 3, 0],
    ['3', 3, 0],
    ['3', 2, 4],
    ['1', 1, 0],
    ['100%', 3, 0],
    ['100%', 2, 4],
    // 34% of 3 are 1.02, rounded up 2; 33% are 0.99, rounded up 1.
    ['34%', 1, 4],
    ['34%', 2, 0],
    ['33%', 1, 0],
    ['1%', 1, 0],
  ])('%s with %i of 3 answering: exit %i', async (requirement, answering, exitCode) => {
    const ended = await ask(answering, '--require', requirement);
    expect(ended.exitCode).toBe(exitCode);
    expect(ended.stdout.split('\n')).toHaveLength(answering + 1);
  });

  it.each(['all', '1', '1%'])('%s with none answering: exit 1', async (requirement) => {
    expect(await ask(0, '--require', requirement)).toMatchObject({ exitCode: 1, stdout: '' });
  });

  it('does not end the request early: what comes beyond it is printed', async () => {
    const { exitCode, stdout } = await ask(3, '--require', '1');
    expect(exitCode).toBe(0);
    expect(stdout).toBe('com.web1,1,failed\ncom.web2,1,failed\ncom.web3,1,failed\n');
  });

  it('counts known responders only, not whoever else answers', async () => {
    await respondWith(site.client, 'remaphore.all', ({ answer }) => {
      for (const node of [asker, ...hosts.slice(0, 1)]) answer(node, '0,ok');
    });
    const { exitCode } = await run(asker.config, ['-r', '-D', 'com.*', '-t', '800ms', '--require', '2']);
    expect(exitCode).toBe(4);
  });

  it.each([
    ['more than the known responders', '4', /--require 4: only 3 known responders/],
    ['0', '0', /--require "0": expected/],
    ['0%', '0%', /--require "0%": expected/],
    ['more than 100%', '101%', /--require "101%": expected/],
    ['a negative number', '-1', /--require "-1": expected/],
    ['a fraction', '1.5', /--require "1.5": expected/],
    ['a word', 'most', /--require "most": expected/],
    ['nothing', '', /--require is empty/],
  ])('%s: exit 2 before anything is sent', async (_, requirement, message) => {
    const sent: string[] = [];
    await respondWith(site.client, 'remaphore.all', ({ subject }) => void sent.push(subject));
    const { exitCode, stdout, stderr } = await run(asker.config, ['-r', '-D', 'com.*', '--require', requirement]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toMatch(message);
    await site.client.flush();
    expect(sent).toEqual([]);
  });

  it('is for asking only: exit 2 with -s', async () => {
    const { exitCode, stderr } = await run(asker.config, ['-s', '--require', 'all']);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('--require');
  });
});
