// What durable listeners set aside, and running it again.

import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type DurableChannel, openDurableChannel } from '../helpers/durable.ts';
import { openKeptSite } from '../helpers/kept.ts';
import { type OutputRecord, readRecords } from '../helpers/output-schema.ts';
import { until } from '../helpers/processes.ts';
import { run } from '../helpers/program.ts';

const site = openKeptSite();

/** A listener whose scripts fail until the file `good` is there, and what it has set aside. */
async function startFailing(durable: DurableChannel, args: string[] = ['--retries', '0']) {
  const good = join(durable.scripts.path, 'good');
  const script = durable.script(`test -e ${good} || exit 3`);
  const listener = await durable.listen(['--durable', 'work', ...args, script]);
  return { listener, script, heal: () => writeFileSync(good, '') };
}

/** What is set aside of these payloads; a test shares the server with others. */
async function failures(...payloads: string[]): Promise<OutputRecord[]> {
  const { stdout } = await run(site.left.config, ['history', '--failed', '--json']);
  return readRecords(stdout).filter(({ payload }) => payloads.includes(payload as string));
}

async function untilFailures(count: number, ...payloads: string[]): Promise<OutputRecord[]> {
  for (;;) {
    const found = await failures(...payloads);
    if (found.length === count) return found;
  }
}

async function untilFailure(payload: string): Promise<OutputRecord> {
  const [found] = await untilFailures(1, payload);
  return found as OutputRecord;
}

describe('what was tried as often as --retries says', () => {
  it('is set aside, named by history --failed, and not delivered any more', async () => {
    const durable = await openDurableChannel(site);
    const { listener, script } = await startFailing(durable, ['--retries', '1']);
    await run(site.left.config, ['-s', '-S', durable.channel, '-u', 'order', 'bad']);
    await listener.said('set aside; to run it again: remaphore history retry work-');
    expect(durable.ran()).toEqual(['1 bad', '2 bad']);
    const [row] = await failures('bad');
    expect(row).toMatchObject({
      sender: 'com.crypto.us.left',
      verb: 'ping',
      uuid_text: 'order',
      listener: 'com.crypto.us.right',
      attempts: 2,
      exit_code: 3,
      retry: null,
    });
    const { exitCode, stdout } = await run(site.right.config, ['history', '--failed']);
    expect(exitCode).toBe(0);
    expect(stdout.split('\n').find((line) => line.endsWith('bad'))).toMatch(
      /^work-[0-9a-f]{8}:\d+ +\S+Z +com\.crypto\.us\.left +ping +order +com\.crypto\.us\.right +exit 3 after 2 tries, set aside \S+Z +bad$/,
    );
    listener.kill('SIGTERM');
    await listener.finished;
    const next = await durable.listen(['--durable', 'work', '-o', script]);
    await durable.send('other');
    await next.finished;
    expect(durable.ran().slice(2)).toEqual(['1 other']);
  });

  it('is run again by history retry, with tries of its own, until it is done', async () => {
    const durable = await openDurableChannel(site);
    const { heal, listener } = await startFailing(durable, ['--retries', '1']);
    await durable.send('again');
    const { id } = await untilFailure('again');
    const retried = await run(site.left.config, ['history', 'retry', id as string]);
    expect(retried).toMatchObject({ exitCode: 0, stderr: `remaphore: ${id}: to be run again by its listeners\n` });
    await durable.untilRan(4);
    await until('it is set aside again', () => listener.stderr.match(/set aside; /g)?.length === 2);
    expect(durable.ran()).toEqual(['1 again', '2 again', '1 again', '2 again']);
    heal();
    expect((await run(site.left.config, ['history', 'retry', id as string, '--json'])).exitCode).toBe(0);
    expect((await durable.untilRan(5)).at(-1)).toBe('1 again');
    await untilFailures(0, 'again');
    const gone = await run(site.left.config, ['history', 'retry', id as string]);
    expect(gone.exitCode).toBe(2);
    expect(gone.stderr).toContain(`${id}: nothing of this name is set aside`);
  });

  it('is run again by the next listener when there is none, and stays named until then', async () => {
    const durable = await openDurableChannel(site);
    const { heal, listener, script } = await startFailing(durable);
    await durable.send('later');
    const { id } = await untilFailure('later');
    listener.kill('SIGTERM');
    await listener.finished;
    await run(site.right.config, ['history', 'retry', id as string]);
    const [asked] = await failures('later');
    expect(asked?.['retry']).toMatchObject({ by: 'com.crypto.us.right' });
    heal();
    const next = await durable.listen(['--durable', 'work', '-o', script]);
    expect((await next.finished).exitCode).toBe(0);
    expect(await failures('later')).toEqual([]);
    expect(durable.ran()).toEqual(['1 later', '1 later']);
  });

  it('is run again by listeners that are busy with others', async () => {
    const durable = await openDurableChannel(site);
    const { heal } = await startFailing(durable);
    await durable.send('first');
    const { id } = await untilFailure('first');
    heal();
    await run(site.left.config, ['history', 'retry', id as string]);
    const payloads = Array.from({ length: 50 }, (_, i) => `m${i}`);
    await site.publish(durable.channel, ...payloads.map((payload) => site.message({ payload, quick: true })));
    await durable.untilRan(52);
    expect(durable.ran().filter((line) => line === '1 first')).toHaveLength(2);
    await untilFailures(0, 'first');
  });

  it('cannot be run again by whoever may not use its verb', async () => {
    const durable = await openDurableChannel(site);
    await startFailing(durable);
    await run(site.left.config, ['-s', '-S', durable.channel, '-v', 'deploy', 'powerful']);
    const { id } = await untilFailure('powerful');
    const { exitCode, stderr } = await run(site.limited.config, ['history', 'retry', id as string]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('no identity may use deploy');
  });

  it.each(['nonsense', 'work-1a2b3c4d', 'work-1a2b3c4d:0', 'work-1a2b3c4d:1x'])('is not named %s', async (id) => {
    await site.createChannel();
    const { exitCode, stderr } = await run(site.left.config, ['history', 'retry', id]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('expected an id like NAME-1a2b3c4d:123');
  });
});

describe('what was set aside and is not kept any more', () => {
  it('is counted, and cannot be run again', async () => {
    const durable = await openDurableChannel(site);
    await startFailing(durable);
    await durable.send('short');
    const { id } = await untilFailure('short');
    const { jetstreamManager } = await import('@nats-io/jetstream');
    const manager = await jetstreamManager(site.client);
    await manager.streams.deleteMessage('remaphore-history', Number((id as string).split(':')[1]));
    const { stderr, stdout } = await run(site.left.config, ['history', '--failed']);
    expect(stdout).not.toContain('short');
    expect(stderr).toMatch(/1 more is not kept any more/);
    expect((await run(site.left.config, ['history', 'retry', id as string])).exitCode).toBe(2);
  });
});

it('a listener whose clock is wrong sets nothing aside that would not count', async () => {
  const durable = await openDurableChannel(site);
  const preload = join(durable.scripts.path, 'later.cjs');
  writeFileSync(preload, 'const now = Date.now; Date.now = () => now() + 3_600_000;');
  const marker = join(durable.scripts.path, 'tried');
  const script = durable.script(`touch ${marker}; exit 3`);
  // The executable has another runtime.
  const env = { NODE_OPTIONS: `--require ${preload}`, BUN_OPTIONS: `--preload=${preload}` };
  const listener = await durable.listen(['--durable', 'work', '--retries', '0', script], { env });
  await durable.send('off');
  const { exitCode, stderr } = await listener.finished;
  expect(exitCode).toBe(3);
  expect(stderr).toMatch(/this host's clock is 3[56]\d{5} ms ahead of the server's/);
  expect(existsSync(marker)).toBe(true);
  // It is still there for one with a good clock.
  const next = await durable.listen(['--durable', 'work', '-o']);
  expect((await next.finished).stdout).toBe('off\n');
});
