// A request while somebody floods the subject for its replies: the honest replies are printed, whatever comes besides.

import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createTestKeys, forgeReply } from '../helpers/forge.ts';
import type { TestNode } from '../helpers/network.ts';
import { run, start } from '../helpers/program.ts';
import { forgeInNameOf } from '../helpers/reply-flood.ts';
import { type Asked, respondWith } from '../helpers/responders.ts';
import { openSite, withClient } from '../helpers/site.ts';

const HONEST = 50;
const SILENT = 10;

const names = Array.from({ length: HONEST + SILENT }, (_, i) => `com.h${i}`);
// On a busy machine what comes behind a flood may come late.
const site = withClient(openSite([{ destination: 'ops.asker', lines: 'allow_skew: 1m' }, ...names]));
const [asker, ...hosts] = site.nodes as [TestNode, ...TestNode[]];
const honest = hosts.slice(0, HONEST);
const silent = hosts.slice(HONEST);
const [web] = honest as [TestNode];

const LINES = names.slice(0, HONEST).map((name) => `${name},0,honest\n`);

/** Asks all hosts, whom `hostile` answers first and then the honest ones; ends once those have been heard. */
async function askAfter(hostile: (asked: Asked) => void) {
  await respondWith(site.client, 'remaphore.all', (asked) => {
    hostile(asked);
    for (const { keys } of honest) asked.raw(forgeReply(keys, asked.request, '0,honest', { quick: true }));
  });
  const request = start(asker.config, ['-r', '-D', 'com.**', '-t', '45s']);
  for (const line of LINES) await request.printed(line);
  request.kill('SIGINT');
  return request.finished;
}

const sorted = (text: string) => text.split('\n').sort();
const ALL = sorted(LINES.join(''));

describe('fifteen thousand forged replies', () => {
  it('in the names of ten other hosts hide none of fifty', async () => {
    const { stdout } = await askAfter(({ request, raw }) => {
      const makers = silent.map(({ keys }) => forgeInNameOf(keys, request));
      for (let i = 0; i < 15_000; i++) raw(makers[i % SILENT]?.(i) as Buffer);
    });
    expect(sorted(stdout)).toEqual(ALL);
  });

  it('hide none either with two hundred more in the very name of each of two that answer', async () => {
    const { stdout } = await askAfter(({ request, raw }) => {
      const makers = silent.map(({ keys }) => forgeInNameOf(keys, request));
      for (let i = 0; i < 15_000; i++) raw(makers[i % SILENT]?.(i) as Buffer);
      for (const { keys } of honest.slice(0, 2)) {
        const make = forgeInNameOf(keys, request);
        for (let i = 0; i < 200; i++) raw(make(i));
      }
    });
    expect(sorted(stdout)).toEqual(ALL);
  });
});

describe('two hundred thousand pieces of junk', () => {
  it('are counted, and hide no reply', async () => {
    const junk = [randomBytes(100), Buffer.alloc(0), forgeReply(createTestKeys(), Buffer.from('x'), '0,evil')];
    const { stdout, stderr } = await askAfter(({ raw }) => {
      for (let i = 0; i < 200_000; i++) raw(junk[i % junk.length] as Buffer);
    });
    expect(sorted(stdout)).toEqual(ALL);
    expect(stderr).toContain('reply dropped: from an unknown key: 200000 in all\n');
  });
});

describe('a host that answers twenty thousand times', () => {
  it('is printed once, and hides no other', async () => {
    const { stdout, stderr } = await askAfter(({ request, raw }) => {
      raw(forgeReply(web.keys, request, '0,honest'));
      const copies = Array.from({ length: 100 }, (_, i) =>
        forgeReply(web.keys, request, `0,again ${i}`, { quick: true }),
      );
      for (let i = 0; i < 20_000; i++) raw(copies[i % copies.length] as Buffer);
    });
    expect(sorted(stdout)).toEqual(ALL);
    // Of a burst some may not even have been looked at.
    const counts = [...stderr.matchAll(/dropped: (?:a second one|they arrive faster .*): (\d+) in all/g)];
    expect(counts.reduce((sum, [, count]) => sum + Number(count), 0)).toBe(20_001);
  });
});

describe('twenty thousand recorded replies', () => {
  it('to another request are dropped, whosever they are', async () => {
    const recorded = hosts.map(({ keys }) => forgeReply(keys, Buffer.from('another'), '0,evil', { quick: true }));
    const { stdout, stderr } = await askAfter(({ raw }) => {
      for (let i = 0; i < 20_000; i++) raw(recorded[i % recorded.length] as Buffer);
    });
    expect(sorted(stdout)).toEqual(ALL);
    expect(stderr).toContain('reply dropped: it answers another request: 20000 in all\n');
  });
});

describe('forged replies of a megabyte', () => {
  it('in the names of others hide no reply', async () => {
    const { stdout } = await askAfter(({ request, raw }) => {
      const makers = silent.map(({ keys }) => forgeInNameOf(keys, request, 1_000_000));
      for (let i = 0; i < 40; i++) raw(makers[i % SILENT]?.(i) as Buffer);
    });
    expect(sorted(stdout)).toEqual(ALL);
  });
});

describe('sixty replies of nearly a megabyte at once', () => {
  it('are all printed, to the byte', async () => {
    const output = 'x'.repeat(900_000);
    await respondWith(site.client, 'remaphore.all', ({ request, raw }) => {
      for (const { keys } of hosts) raw(forgeReply(keys, request, `0,${output}`, { quick: true }));
    });
    const { exitCode, stdout, stderr } = await run(asker.config, ['-r', '-D', 'com.**', '-t', '45s']);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout.length).toBe(hosts.reduce((sum, { destination }) => sum + destination.length + 4 + output.length, 0));
  });
});
