// Who may not use the verb can put what he likes into the stream, and neither hold, block nor break a lock.

import { beforeAll, describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/load.ts';
import { Lock } from '../../src/coordination/lock.ts';
import {
  collect,
  entrySubject,
  forgeEntry,
  type HostileKeys,
  hostileEntries,
  publishAll,
  uuidOf,
} from '../helpers/entries.ts';
import { createTestKeys } from '../helpers/forge.ts';
import { hold, isRunning, listLocks, untilGuarded, untilHeld, untilWaiting } from '../helpers/locks.ts';
import { until } from '../helpers/processes.ts';
import { run, start, startReady } from '../helpers/program.ts';
import { openSite, withClient } from '../helpers/site.ts';
import { openStore } from '../helpers/store.ts';

const site = withClient(
  openSite(
    [
      'com.crypto.us.left',
      'com.crypto.us.right',
      { destination: 'com.crypto.us.limited', verbs: 'ping' },
      { destination: 'com.crypto.us.far', lines: 'allow_skew: 1s' },
    ],
    '',
    { jetStream: true },
  ),
);
const [left, right, limited, far] = site.nodes;
const keys = {} as HostileKeys;

beforeAll(async () => {
  Object.assign(keys, { trusted: left.keys, limited: limited.keys, stranger: createTestKeys() });
  // The stream is made on first use.
  await run(left.config, ['lock', 'first', 'true']);
});

describe('hostile claims', () => {
  it('hold nothing, and are reported', async () => {
    const entries = hostileEntries(keys, 'lock', 'claims', 'claim,1,3600000');
    await publishAll(site.client, entrySubject('lock', 'claims'), entries);
    const { exitCode, stdout, stderr } = await run(right.config, ['lock', 'claims', '--try', 'echo', 'ran']);
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: 'ran\n' });
    for (const refusal of [
      'not in the form of an entry',
      'by an unknown key',
      'by a peer that may not use the verb: as if by com.crypto.us.limited',
      'with another verb: as if by com.crypto.us.left',
      'for something else: as if by com.crypto.us.left',
      'stored at another time than it was signed',
      'with a bad signature: as if by com.crypto.us.left',
    ]) {
      expect(stderr).toContain(`remaphore: warning: lock claims: ignored an entry ${refusal}`);
    }
    expect((await listLocks(right)).filter(({ name }) => name === 'claims')).toEqual([]);
  });

  it('that come by the thousand while a lock is held and waited for change nothing', async () => {
    const holder = await hold(left, 'flood', ['--ttl', '2s']);
    const waiter = start(right.config, ['lock', 'flood', '--', 'echo', 'ran']);
    await untilWaiting(left, 'flood', 1);
    const entries = hostileEntries(keys, 'lock', 'flood', 'claim,1,3600000').filter(({ length }) => length < 5000);
    for (let i = 0; i < 200; i++) await publishAll(site.client, entrySubject('lock', 'flood'), entries);
    expect(isRunning(holder.pid)).toBe(true);
    await holder.letGo();
    expect(await waiter.finished).toMatchObject({ exitCode: 0, stdout: 'ran\n' });
  });
});

describe('hostile releases and refreshes', () => {
  it('neither take a lock from its holder nor a waiter’s place', async () => {
    const subject = entrySubject('lock', 'releases');
    const entries = await collect(site.client, subject);
    const holder = await hold(left, 'releases');
    const waiter = start(right.config, ['lock', 'releases', 'true']);
    await untilWaiting(left, 'releases', 1);
    for (const entry of entries.slice(0, 2)) {
      await publishAll(site.client, subject, hostileEntries(keys, 'lock', 'releases', 'release', uuidOf(entry)));
    }
    // Nor does another peer, which may use the verb: the claim is not its own.
    await publishAll(site.client, subject, [
      forgeEntry(far.keys, 'lock', 'releases', 'release', { uuidHex: uuidOf(entries[0] as Uint8Array) }),
    ]);
    expect((await run(far.config, ['lock', 'releases', '--try', 'true'])).exitCode).toBe(1);
    await untilWaiting(left, 'releases', 1);
    await holder.letGo();
    expect((await waiter.finished).exitCode).toBe(0);
  });

  it('do not keep a dead holder’s lock, be they its own bytes again', async () => {
    const subject = entrySubject('lock', 'dead');
    const entries = await collect(site.client, subject);
    const holder = await hold(left, 'dead', ['--ttl', '2s']);
    await until('it has been refreshed twice', () => entries.length >= 3);
    await untilGuarded(holder);
    holder.program.kill('SIGKILL');
    const replay = [...entries];
    const next = start(right.config, ['lock', 'dead', '--', 'echo', 'ran']);
    const startMs = performance.now();
    let ended = false;
    void next.finished.then(() => {
      ended = true;
    });
    while (!ended) {
      await publishAll(site.client, subject, replay);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    const { exitCode, stdout, stderr } = await next.finished;
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: 'ran\n' });
    expect(performance.now() - startMs).toBeLessThan(4000);
    expect(stderr).toContain('lock dead: ignored an entry replayed: as if by com.crypto.us.left');
  });

  it('do not release a holder with the release of an earlier claim', async () => {
    const subject = entrySubject('lock', 'earlier');
    const entries = await collect(site.client, subject);
    await run(left.config, ['lock', 'earlier', 'true']);
    await until('its release is there', () => entries.length >= 2);
    const holder = await hold(left, 'earlier');
    await publishAll(site.client, subject, [...entries]);
    expect((await run(right.config, ['lock', 'earlier', '--try', 'true'])).exitCode).toBe(1);
    await holder.letGo();
  });
});

describe('an entry that is copied to a channel', () => {
  it('is no message there, not even with -d', async () => {
    const entries = await collect(site.client, entrySubject('lock', 'copied'));
    const receiver = await startReady(right.config, ['-d', '-t', '2s', '--explain']);
    await run(left.config, ['lock', 'copied', 'true']);
    await until('its entries are there', () => entries.length >= 2);
    await publishAll(site.client, 'remaphore.all', [...entries]);
    await receiver.said('ignored: for "", this node is ');
    expect(await receiver.finished).toMatchObject({ exitCode: 1, stdout: '' });
  });
});

describe('a host whose clock is wrong', () => {
  it.each([
    [60_000, 'ahead of'],
    [-60_000, 'behind'],
  ])('by %d ms is told so: nobody would take its entries for valid', async (offMs, how) => {
    await using open = await openStore(site.server.url);
    const config = await loadConfig(left.config);
    const clock = { nowMs: Date.now, nextTimeNs: () => BigInt(Date.now() + offMs) * 1_000_000n };
    const lock = await Lock.open({ config, store: open.store, clock, onNotice: () => {}, name: 'clock', verb: 'lock' });
    const claim = lock.claim({ identity: config.defaultIdentity, slots: 1, ttlMs: 5000 });
    await expect(claim.begin()).rejects.toMatchObject({
      code: 'clock',
      message: expect.stringMatching(`^this host’s clock is \\d+ ms ${how} the broker’s, allowed are 3000 ms`),
    });
    lock.close();
  });
});

describe('a stream that is deleted', () => {
  it('costs holders their locks', async () => {
    const holder = await untilHeld(
      start(left.config, ['lock', 'deleted', '--ttl', '2s', '--', 'sh', '-c', 'echo "held 1 $$ ."; exec sleep 60']),
    );
    await site.client.request('$JS.API.STREAM.DELETE.remaphore-coordination');
    const { exitCode } = await holder.program.finished;
    expect(exitCode).toBe(3);
    expect(isRunning(holder.pid)).toBe(false);
  });
});
