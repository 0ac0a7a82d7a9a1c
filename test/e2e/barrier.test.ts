import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { collect, entrySubject, hostileEntries, publishAll } from '../helpers/entries.ts';
import { createTestKeys } from '../helpers/forge.ts';
import type { TestNode } from '../helpers/network.ts';
import { readRecords } from '../helpers/output-schema.ts';
import { until } from '../helpers/processes.ts';
import { type Program, run, start, startShell } from '../helpers/program.ts';
import { openScripts } from '../helpers/scripts.ts';
import { openSite, withClient } from '../helpers/site.ts';
import { startTerminal } from '../helpers/terminal.ts';

const SECOND_KEY = createTestKeys();

const site = withClient(
  openSite(
    [
      'com.crypto.us.left',
      'com.crypto.us.right',
      'com.crypto.us.web',
      { destination: 'com.crypto.us.limited', verbs: 'ping' },
    ],
    '',
    { jetStream: true },
  ),
);
const [left, right, web, limited] = site.nodes;
const scripts = openScripts();

/** Waits until so many entries are on a barrier's subject from now on. */
async function counting(name: string): Promise<(count: number) => Promise<void>> {
  const entries = await collect(site.client, entrySubject('barrier', name));
  return (count) => until(`${count} entries of ${name}`, () => entries.length >= count);
}

const arrive = (node: TestNode, name: string, parties = 3, ...more: string[]): Program =>
  start(node.config, ['barrier', name, '--parties', `${parties}`, '-t', '30s', ...more]);

beforeAll(async () => {
  // The stream is made on first use.
  await run(left.config, ['barrier', 'first', '--parties', '1']);
});

describe('a barrier', () => {
  it('lets all go on once so many have arrived, whatever the order', async () => {
    const entries = await counting('order');
    const first = arrive(right, 'order');
    await entries(1);
    const second = arrive(left, 'order');
    await entries(2);
    const ended = [first, second, arrive(web, 'order', 3, '--json')].map(({ finished }) => finished);
    const all = await Promise.all(ended);
    expect(all.map(({ exitCode, stderr }) => ({ exitCode, stderr }))).toEqual(
      Array(3).fill({ exitCode: 0, stderr: '' }),
    );
    expect(readRecords(all[2]?.stdout ?? '')).toMatchObject([
      { type: 'barrier', name: 'order', parties: ['com.crypto.us.right', 'com.crypto.us.left', 'com.crypto.us.web'] },
    ]);
  });

  it('is the same for one that comes late, and for one alone', async () => {
    expect((await arrive(left, 'alone', 1).finished).exitCode).toBe(0);
    const entries = await counting('late');
    const waiting = arrive(left, 'late', 2);
    await entries(1);
    expect((await arrive(right, 'late', 2).finished).exitCode).toBe(0);
    expect((await waiting.finished).exitCode).toBe(0);
  });

  it('can be used again and again by parties of different speed, and none gets ahead by more than a round', async () => {
    const ROUNDS = 5;
    const loops = [left, right, web].map((node, i) => {
      const body = `for r in $(seq ${ROUNDS}); do echo "arrive $r" >>${scripts.path}/log; "$REMAPHORE" barrier again --parties 3 -t 30s || exit; echo "go $r" >>${scripts.path}/log; sleep 0.${i}; done`;
      return startShell(node.config, body).finished;
    });
    expect((await Promise.all(loops)).map(({ exitCode }) => exitCode)).toEqual([0, 0, 0]);
    const arrived: Record<string, number> = {};
    for (const line of scripts.lines('log')) {
      const [what, round = ''] = line.split(' ');
      if (what === 'arrive') arrived[round] = (arrived[round] ?? 0) + 1;
      else expect(arrived[round]).toBe(3);
    }
  });

  it('counts a party once that is killed and started again, be it before its round is complete', async () => {
    const entries = await counting('killed');
    const killed = arrive(left, 'killed');
    await entries(1);
    killed.kill('SIGKILL');
    await killed.finished;
    const restarted = arrive(left, 'killed');
    const other = arrive(right, 'killed');
    await entries(3);
    const last = arrive(web, 'killed');
    for (const { finished } of [restarted, other, last]) expect((await finished).exitCode).toBe(0);
  });

  it('lets a party that is started again go on after its round is complete; its next arrival is the next round’s', async () => {
    const entries = await counting('behind');
    const killed = arrive(left, 'behind', 2);
    await entries(1);
    killed.kill('SIGKILL');
    await killed.finished;
    expect((await arrive(right, 'behind', 2).finished).exitCode).toBe(0);
    expect((await arrive(left, 'behind', 2).finished).exitCode).toBe(0);
    expect((await run(left.config, ['barrier', 'behind', '--parties', '2', '-t', '2s'])).exitCode).toBe(1);
  });

  it('survives a broker that is killed and started again', async () => {
    const entries = await counting('restart');
    const waiting = [arrive(left, 'restart'), arrive(right, 'restart')];
    await entries(2);
    await site.server.stop();
    await site.server.start();
    expect((await arrive(web, 'restart').finished).exitCode).toBe(0);
    for (const { finished } of waiting) expect((await finished).exitCode).toBe(0);
  });

  it('that is not complete in time exits 1 and names who has not arrived; who gave up does not count', async () => {
    const entries = await counting('timeout');
    const other = arrive(right, 'timeout');
    await entries(1);
    expect(await run(left.config, ['barrier', 'timeout', '--parties', '3', '-t', '2s'])).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: 'remaphore: error: barrier timeout: 1 of 2 others arrived in time; not there: com.crypto.us.web\n',
    });
    expect((await run(web.config, ['barrier', 'timeout', '--parties', '3', '-t', '2s'])).exitCode).toBe(1);
    other.kill('SIGTERM');
    expect((await other.finished).exitCode).toBe(128 + 15);
    const { stderr } = await run(web.config, ['barrier', 'timeout', '--parties', '3', '-t', '2s']);
    expect(stderr).toContain('0 of 2 others arrived in time; not there: com.crypto.us.left, com.crypto.us.right\n');
  });

  it('that cannot be reached as the time runs out exits 3', async () => {
    const entries = await counting('gone');
    const waiting = arrive(left, 'gone', 2, '-t', '3s');
    await entries(1);
    await site.server.stop();
    const { exitCode, stderr } = await waiting.finished;
    await site.server.start();
    expect(exitCode).toBe(3);
    expect(stderr).toContain('not connected to a server when the time ran out; this host still counts as arrived');
  });

  it('counts two keys of one destination once', async () => {
    const config = readFileSync(left.config, 'utf8')
      .replace('[ Identities ]', `[ Identities ]\n${SECOND_KEY.publicKey} ${SECOND_KEY.privateKey} [*]`)
      .replace('[ Peers ]', `[ Peers ]\ncom.crypto.us.left ${SECOND_KEY.publicKey} [*]`);
    const files = [left, right].map((node, i) => {
      const file = join(site.directory, `two-keys-${i}.conf`);
      const text =
        i === 0
          ? config
          : readFileSync(node.config, 'utf8').replace(
              '[ Peers ]',
              `[ Peers ]\ncom.crypto.us.left ${SECOND_KEY.publicKey} [*]`,
            );
      writeFileSync(file, text, { mode: 0o600 });
      return { ...node, config: file };
    });
    const [two, other] = files as [TestNode, TestNode];
    const entries = await counting('keys');
    const waiting = [arrive(two, 'keys', 2), arrive(two, 'keys', 2, '-p', SECOND_KEY.publicKey)];
    await entries(2);
    expect((await run(two.config, ['barrier', 'keys', '--parties', '2', '-t', '2s'])).exitCode).toBe(1);
    expect((await arrive(other, 'keys', 2).finished).exitCode).toBe(0);
    for (const { finished } of waiting) expect((await finished).exitCode).toBe(0);
  });

  it('says so when others wait for another number of parties', async () => {
    const entries = await counting('sizes');
    const other = arrive(left, 'sizes', 2);
    await entries(1);
    const { exitCode, stderr } = await run(right.config, ['barrier', 'sizes', '--parties', '3', '-t', '2s']);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('warning: barrier sizes: com.crypto.us.left waits for 2 parties, and this run for 3\n');
    other.kill('SIGINT');
    await other.finished;
  });

  it('takes no notice of what does not count, and reports it', async () => {
    const entries = hostileEntries(
      { trusted: left.keys, limited: limited.keys, stranger: createTestKeys() },
      'barrier',
      'hostile',
      'arrive,2',
    );
    await publishAll(site.client, entrySubject('barrier', 'hostile'), entries);
    const { exitCode, stderr } = await run(right.config, ['barrier', 'hostile', '--parties', '2', '-t', '2s']);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('barrier hostile: ignored an entry with a bad signature: as if by com.crypto.us.left');
    expect(stderr).toContain('barrier hostile: ignored an entry by a peer that may not use the verb');
    const { exitCode: code, stderr: refused } = await run(limited.config, ['barrier', 'hostile', '--parties', '2']);
    expect(code).toBe(2);
    expect(refused).toContain('no identity may use barrier');
  });

  it('shows on a terminal who is missing', async () => {
    const terminal = startTerminal(left.config, '"$REMAPHORE" barrier shown --parties 3 -t 30s');
    await terminal.shows(/^1\/3 arrived, \d.* of 30 s, waiting for com\.crypto\.us\.right and 1 more$/);
    const others = [arrive(right, 'shown'), arrive(web, 'shown')];
    for (const { finished } of [terminal, ...others]) expect((await finished).exitCode).toBe(0);
    expect(await terminal.screen()).toEqual([]);
  });
});
