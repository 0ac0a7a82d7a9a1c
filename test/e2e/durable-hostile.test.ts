// What strangers and peers with few powers put where durable listeners read.

import { createHash } from 'node:crypto';
import { jetstreamManager } from '@nats-io/jetstream';
import { describe, expect, it } from 'vitest';
import { type DurableChannel, openDurableChannel } from '../helpers/durable.ts';
import { createTestKeys, forgeMessage, spoilSignature, type TestKeys } from '../helpers/forge.ts';
import { openKeptSite } from '../helpers/kept.ts';
import { type OutputRecord, readRecords } from '../helpers/output-schema.ts';
import { run } from '../helpers/program.ts';

const site = openKeptSite();
const stranger = createTestKeys();
const HOUR_MS = 3_600_000;
const MAX_PAYLOAD_BYTES = 1024 * 1024;

describe('hostile messages in the history', () => {
  it('are acknowledged, explained and never run', async () => {
    const durable = await openDurableChannel(site);
    const good = site.message({ payload: 'good' });
    const early = site.message({ payload: 'early' });
    await site.publish(durable.channel, early);
    const listener = await durable.listen(['--durable', 'work', '--explain', durable.script()]);
    await site.publish(
      durable.channel,
      spoilSignature(good),
      early,
      good,
      good,
      forgeMessage(stranger, { payload: 'stranger' }),
      forgeMessage(site.limited.keys, { payload: 'limited', verb: 'deploy' }),
      site.message({ payload: 'old', timeMs: Date.now() - HOUR_MS }),
      site.message({ payload: 'early by an hour', timeMs: Date.now() + HOUR_MS }),
      site.message({ payload: 'a reply', verb: 'reply' }),
      Buffer.from('nonsense'),
      Buffer.alloc(MAX_PAYLOAD_BYTES, 'x'),
      forgeMessage(stranger, { payload: Buffer.alloc(MAX_PAYLOAD_BYTES - 1024) }),
      site.message({ payload: 'last' }),
    );
    expect(await durable.untilRan(2)).toEqual(['1 good', '1 last']);
    listener.kill('SIGTERM');
    const { stderr } = await listener.finished;
    expect(stderr.match(/ignored: /g)).toHaveLength(11);
    expect(stderr.match(/ignored: replay of a message that was stored \S+ \S+ before/g)).toHaveLength(2);
    expect(stderr).toMatch(/stored 1 h after it was signed, allowed 3 s: is a clock wrong\?/);
    expect(stderr).toMatch(/stored (?:1 h|60 m|59 m \d+ s) before it was signed/);

    const next = await durable.listen(['--durable', 'work', '-o', durable.script()]);
    await durable.send('next');
    await next.finished;
    expect(durable.ran().slice(2)).toEqual(['1 next']);
    expect(next.stderr).not.toContain('ignored');
  });

  it('are not told apart from the real one by who is given them: a copy is one for all who share', async () => {
    const durable = await openDurableChannel(site);
    const args = ['--durable', 'work', durable.script()];
    await Promise.all([1, 2, 3].map(() => durable.listen(args)));
    const messages = Array.from({ length: 30 }, (_, i) => site.message({ payload: `m${i}`, quick: true }));
    await site.publish(durable.channel, ...messages, ...messages, site.message({ payload: 'last' }));
    await durable.untilRan(31);
    await durable.send('end');
    await durable.untilRan(32);
    expect(new Set(durable.ran()).size).toBe(32);
    expect(durable.ran()).toHaveLength(32);
  });
});

/** A listener with a message that it has set aside, and what there is to forge about it. */
async function setAside(durable: DurableChannel, verb = 'deploy') {
  const script = durable.script(`[ -e ${durable.scripts.path}/good ] || exit 3`);
  const listener = await durable.listen(['--durable', 'work', '--retries', '0', script]);
  const message = site.message({ verb, payload: durable.channel });
  await site.publish(durable.channel, message);
  await listener.said('set aside');
  const [row] = (await rows(durable)) as [OutputRecord];
  const id = row['id'] as string;
  const [consumer = '', seq = ''] = id.split(':');
  return { listener, id, consumer, seq, hash: hashOf(message) };
}

function hashOf(message: Uint8Array): string {
  return createHash('sha256').update(message).digest('hex');
}

/** What is said to be set aside of a test's channel, as the left host sees it. */
async function rows(durable: DurableChannel): Promise<OutputRecord[]> {
  const { stdout } = await run(site.left.config, ['history', '--failed', '--json']);
  return readRecords(stdout).filter(({ payload }) => (payload as string).startsWith(durable.channel));
}

function subjectOf(consumer: string, what: 'failed' | 'retry'): string {
  return `remaphore.durable.${Buffer.from(consumer).toString('hex')}.${what}`;
}

/** The bytes of an entry, and where they belong. */
function forgeEntry(
  keys: TestKeys,
  consumer: string,
  what: 'failed' | 'retry',
  fields: (string | number)[],
  changes: { timeMs?: number; verb?: string } = {},
): [subject: string, bytes: Buffer] {
  const subject = subjectOf(consumer, what);
  const payload = ['remaphore-durable-1', ...fields, subject].join(',');
  return [subject, forgeMessage(keys, { destination: '', verb: 'reply', payload, ...changes })];
}

async function put(...entries: [subject: string, bytes: Uint8Array][]): Promise<void> {
  for (const [subject, bytes] of entries) site.client.publish(subject, bytes);
  await site.client.flush();
}

/** The last entry on a subject: its place, and its bytes. */
async function lastEntry(subject: string): Promise<{ seq: number; bytes: Uint8Array }> {
  const manager = await jetstreamManager(site.client);
  const found = await manager.streams.getMessage('remaphore-coordination', { last_by_subj: subject });
  return { seq: found?.seq ?? 0, bytes: found?.data ?? new Uint8Array() };
}

describe('forged entries about what was set aside', () => {
  it('invent nothing, unless by a peer, under its own name, about bytes that are kept', async () => {
    const durable = await openDurableChannel(site);
    const { consumer, seq, hash } = await setAside(durable);
    const fine = site.message({ payload: `${durable.channel} fine` });
    durable.scripts.write('good', '');
    await site.publish(durable.channel, fine);
    const at = Number(seq) + 1;
    const failed = ['failed', at, hashOf(fine), 1, 1];
    await put(
      forgeEntry(stranger, consumer, 'failed', failed),
      [subjectOf(consumer, 'failed'), spoilSignature(forgeEntry(site.right.keys, consumer, 'failed', failed)[1])],
      // Of other bytes, of another consumer, on the other subject, of another time, as a message, of any size.
      forgeEntry(site.limited.keys, consumer, 'failed', ['failed', at, hash, 1, 1]),
      [subjectOf(consumer, 'failed'), forgeEntry(site.limited.keys, 'other-00000000', 'failed', failed)[1]],
      forgeEntry(site.limited.keys, consumer, 'retry', failed),
      forgeEntry(site.limited.keys, consumer, 'failed', failed, { timeMs: Date.now() - HOUR_MS }),
      forgeEntry(site.limited.keys, consumer, 'failed', failed, { verb: 'ping' }),
      [subjectOf(consumer, 'failed'), Buffer.alloc(MAX_PAYLOAD_BYTES, 'x')],
    );
    expect((await rows(durable)).map(({ id }) => id)).toEqual([`${consumer}:${seq}`]);
    const { stderr } = await run(site.left.config, ['history', '--failed']);
    expect(stderr).toContain('ignored: an entry by an unknown key');
    expect(stderr).toContain('ignored: an entry with a bad signature: as if by com.crypto.us.right');
    expect(stderr).toContain('ignored: an entry stored at another time than it was signed');

    await put(forgeEntry(site.limited.keys, consumer, 'failed', failed));
    expect((await rows(durable)).at(1)).toMatchObject({ id: `${consumer}:${at}`, listener: 'com.crypto.us.limited' });
  });

  it('hide nothing', async () => {
    const durable = await openDurableChannel(site);
    const { consumer, id, seq, hash } = await setAside(durable);
    await put(
      forgeEntry(stranger, consumer, 'failed', ['done', seq, hash]),
      forgeEntry(site.limited.keys, consumer, 'failed', ['done', seq, hash]),
      [
        subjectOf(consumer, 'failed'),
        spoilSignature(forgeEntry(site.right.keys, consumer, 'failed', ['done', seq, hash])[1]),
      ],
    );
    expect(await rows(durable)).toMatchObject([{ id, retry: null }]);
  });

  it('run nothing again', async () => {
    const durable = await openDurableChannel(site);
    const { listener, consumer, id, seq, hash } = await setAside(durable);
    const { seq: failedSeq } = await lastEntry(subjectOf(consumer, 'failed'));
    const fine = site.message({ payload: `${durable.channel} fine` });
    durable.scripts.write('good', '');
    await site.publish(durable.channel, fine);
    await durable.untilRan(2);
    const retry = ['retry', seq, hash, failedSeq];
    await put(
      forgeEntry(stranger, consumer, 'retry', retry),
      forgeEntry(site.limited.keys, consumer, 'retry', retry),
      [subjectOf(consumer, 'retry'), spoilSignature(forgeEntry(site.left.keys, consumer, 'retry', retry)[1])],
      forgeEntry(site.left.keys, consumer, 'retry', retry, { timeMs: Date.now() - HOUR_MS }),
      forgeEntry(site.left.keys, consumer, 'retry', retry, { verb: 'deploy' }),
      // What was not set aside, also if that is said of another message.
      forgeEntry(site.left.keys, consumer, 'retry', ['retry', Number(seq) + 1, hashOf(fine), failedSeq]),
      forgeEntry(site.left.keys, consumer, 'retry', ['retry', seq, hash, failedSeq + 1]),
      forgeEntry(site.left.keys, consumer, 'retry', ['failed', seq, hash, 1, 1]),
      [subjectOf(consumer, 'retry'), Buffer.alloc(MAX_PAYLOAD_BYTES, 'x')],
    );
    expect(await rows(durable)).toMatchObject([{ id, retry: null }]);
    await run(site.left.config, ['history', 'retry', id]);
    await durable.untilRan(3);
    // The same bytes once more.
    await put([subjectOf(consumer, 'retry'), (await lastEntry(subjectOf(consumer, 'retry'))).bytes]);
    await listener.said('replayed');
    expect(durable.ran()).toEqual([`1 ${durable.channel}`, `1 ${durable.channel} fine`, `1 ${durable.channel}`]);
    expect(listener.stderr).toContain('ignored: a request to run a message again: by an unknown key');
    expect(listener.stderr).toContain('by com.crypto.us.limited, who may not use its verb');
    expect(listener.stderr).toContain('for a message that was not set aside');
    expect(await rows(durable)).toEqual([]);
  });

  it('do nothing elsewhere: no listener takes an entry for a message', async () => {
    const durable = await openDurableChannel(site);
    const { id, consumer } = await setAside(durable, 'ping');
    const any = await durable.listen(['-d', '--explain']);
    await run(site.left.config, ['history', 'retry', id]);
    await site.publish(durable.channel, (await lastEntry(subjectOf(consumer, 'retry'))).bytes);
    await any.said('ignored:');
    await durable.send('end');
    await any.printed('end\n');
    expect(any.stdout).toBe('end\n');
  });
});
