// Receiving what was sent before.

import { describe, expect, it } from 'vitest';
import { createTestKeys, forgeMessage, spoilSignature } from '../helpers/forge.ts';
import { openKeptSite, takePayloads } from '../helpers/kept.ts';
import { run, start, startReady } from '../helpers/program.ts';
import { createScripts } from '../helpers/scripts.ts';

const site = openKeptSite();
const MINUTE_MS = 60_000;
/** Nobody says when a receiver has stopped reading ahead: it has had more than enough time to read too much. */
const untilIdle = () => new Promise((resolve) => setTimeout(resolve, 300));
const toHex = (text: string) => Buffer.from(text).toString('hex');

describe('without a history', () => {
  it('ends with 3, and says which command makes one', async () => {
    const { exitCode, stdout, stderr } = await run(site.right.config, ['-u', 'done', '--since', '1h', '-t', '20s']);
    expect({ exitCode, stdout }).toEqual({ exitCode: 3, stdout: '' });
    expect(stderr).toBe(
      'remaphore: error: nothing is kept here: there is no stream remaphore-history; ' +
        'to make it: remaphore history create\n',
    );
  });
});

describe('a signal that was given before somebody waits for it', () => {
  it('is there at once', async () => {
    const channel = await site.createChannel();
    await run(site.left.config, ['-s', '-S', channel, '-u', 'upload_done', 'v1']);
    const args = ['-S', channel, '-u', 'upload_done', '--since', '1h', '-t', '20s'];
    expect(await run(site.right.config, args)).toMatchObject({ exitCode: 0, stdout: 'v1\n' });
  });

  it('is not there without --since, or when it was given before that', async () => {
    const channel = await site.createChannel();
    await site.publish(channel, site.message({ uuidHex: toHex('done'), timeMs: Date.now() - 10 * MINUTE_MS }));
    const args = ['-S', channel, '-u', 'done', '-t', '2s'];
    expect(await run(site.right.config, args)).toMatchObject({ exitCode: 1 });
    const { exitCode, stderr } = await run(site.right.config, [...args, '--since', '5m', '--explain']);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/sent 10 m(?: \d+ s)? ago, allowed 5 m \(--since\)/);
    expect(await run(site.right.config, [...args, '-t', '20s', '--since', '11m'])).toMatchObject({ exitCode: 0 });
  });

  it('is waited for when it has not been given', async () => {
    const channel = await site.createChannel();
    const waiter = await startReady(site.right.config, ['-S', channel, '-u', 'done', '--since', '1h', '-t', '20s']);
    await run(site.left.config, ['-s', '-S', channel, '-u', 'done', 'now']);
    expect(await waiter.finished).toMatchObject({ exitCode: 0, stdout: 'now\n' });
  });

  it('runs a script, and is answered as if it came now', async () => {
    using scripts = createScripts();
    const script = scripts.write('show', 'echo "$1 $2 $REMAPHORE_SENDER_DESTINATION"');
    const channel = await site.createChannel();
    await run(site.left.config, ['-s', '-S', channel, '-v', 'deploy', 'v1']);
    const args = ['-o', '-S', channel, '--since', '1h', '-t', '20s', script];
    expect(await run(site.right.config, args)).toMatchObject({
      exitCode: 0,
      stdout: 'deploy v1 com.crypto.us.left\n',
    });
  });

  it('ends with 3 on a channel that is not kept, and says how it would be', async () => {
    await site.createChannel();
    const { exitCode, stderr } = await run(site.right.config, ['-S', 'other', '--since', '1h', '-t', '20s']);
    expect(exitCode).toBe(3);
    expect(stderr).toBe(
      'remaphore: error: stream remaphore-history does not keep the channel other; ' +
        'to add it: remaphore history create -S other\n',
    );
  });

  it('gives the library’s users the same', async () => {
    const channel = await site.createChannel();
    const node = await site.connect(site.right);
    await (await site.connect(site.left)).send({ channel, payload: 'kept' });
    for await (const message of node.receive({ channel, sinceMs: MINUTE_MS })) {
      expect(Buffer.from(message.payload).toString()).toBe('kept');
      break;
    }
    const receiver = node.receive({ channel: 'other', sinceMs: MINUTE_MS });
    await expect(receiver.ready).rejects.toMatchObject({ name: 'TransportError', code: 'no-stream' });
    await expect(receiver[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: 'no-stream' });
  });
});

describe('what was sent before', () => {
  it('comes in the order in which it was stored, and then what comes', async () => {
    const channel = await site.createChannel();
    const times = [3, 9, 1, 5];
    const messages = times.map((minutes) =>
      site.message({ payload: `${minutes}`, timeMs: Date.now() - minutes * MINUTE_MS }),
    );
    await site.publish(channel, ...messages);
    const receiver = await site.receive(site.right, { channel, sinceMs: 10 * MINUTE_MS });
    await site.publish(channel, site.message({ payload: 'now' }));
    expect(await takePayloads(receiver[Symbol.asyncIterator](), 5)).toEqual(['3', '9', '1', '5', 'now']);
  });

  it('counts once, however often its bytes were put there, before and after the start', async () => {
    const channel = await site.createChannel();
    const old = site.message({ payload: 'old', timeMs: Date.now() - MINUTE_MS });
    const fresh = site.message({ payload: 'fresh' });
    await site.publish(channel, old, fresh, old, fresh);
    const receiver = await site.receive(site.right, { channel, sinceMs: 10 * MINUTE_MS });
    await site.publish(channel, old, fresh, site.message({ payload: 'last' }));
    expect(await takePayloads(receiver[Symbol.asyncIterator](), 3)).toEqual(['old', 'fresh', 'last']);
    await site.publish(channel, old, fresh, site.message({ payload: 'very last' }));
    expect(await takePayloads(receiver[Symbol.asyncIterator](), 1)).toEqual(['very last']);
    expect(receiver.refused.get('replay')).toBe(6);
  });

  it('is filtered like what comes', async () => {
    const channel = await site.createChannel();
    await site.publish(
      channel,
      site.message({ verb: 'other' }),
      site.message({ verb: 'deploy', destination: 'com.elsewhere' }),
      site.message({ verb: 'deploy', uuidHex: toHex('x'), payload: 'it' }),
    );
    const args = ['-S', channel, '-v', 'deploy', '-u', 'x', '--since', '1h', '-t', '20s'];
    expect(await run(site.right.config, args)).toMatchObject({ exitCode: 0, stdout: 'it\n' });
  });

  it('is not lost when more of it is there than a consumer that is slow has room for', async () => {
    const channel = await site.createChannel();
    const count = 5000;
    const messages = Array.from({ length: count }, (_, i) => site.message({ payload: `${i}`, quick: true }));
    await site.publish(channel, ...messages.slice(0, count / 2));
    const receiver = await site.receive(site.right, { channel, sinceMs: MINUTE_MS });
    // Twice what is held: the rest comes from the stream, once the consumer takes it.
    await site.publish(channel, ...messages.slice(count / 2));
    const iterator = receiver[Symbol.asyncIterator]();
    const payloads = await takePayloads(iterator, 1);
    await untilIdle();
    expect(receiver.waiting).toBeLessThan(2100);
    payloads.push(...(await takePayloads(iterator, count - 1)));
    expect(payloads).toEqual(Array.from({ length: count }, (_, i) => `${i}`));
  });

  it('keeps little of large messages at a time', async () => {
    const channel = await site.createChannel();
    const payload = Buffer.alloc(900_000, 'x');
    const messages = Array.from({ length: 40 }, () => site.message({ payload, quick: true }));
    await site.publish(channel, ...messages);
    const receiver = await site.receive(site.right, { channel, sinceMs: MINUTE_MS });
    const iterator = receiver[Symbol.asyncIterator]();
    await iterator.next();
    await untilIdle();
    expect(receiver.waiting).toBeLessThan(12);
    expect(await takePayloads(iterator, 39)).toHaveLength(39);
  });
});

describe('what somebody else has put there', () => {
  it('is ignored, reported, and never run', async () => {
    using scripts = createScripts();
    const script = scripts.write('show', 'echo "ran $2"');
    const channel = await site.createChannel();
    const stranger = createTestKeys();
    const good = site.message({ payload: 'good' });
    const hostile = [
      Buffer.alloc(0),
      Buffer.from('junk'),
      Buffer.alloc(1_048_576 - 100, 'x'),
      spoilSignature(site.message({ payload: 'forged' })),
      forgeMessage(stranger, { payload: 'stranger' }),
      forgeMessage(site.limited.keys, { verb: 'deploy', payload: 'not permitted' }),
      Buffer.concat([good.subarray(0, good.length - 4), Buffer.from('evil')]),
      site.message({ payload: 'old', timeMs: Date.now() - 120 * MINUTE_MS }),
      site.message({ payload: 'future', timeMs: Date.now() + 10 * MINUTE_MS }),
      site.message({ verb: 'reply', destination: '', payload: '0,x' }),
    ];
    await site.publish(channel, ...hostile, good, good);
    const args = ['-S', channel, '-D', 'com.crypto.us.right', '--since', '1h', '-t', '20s', '-n', '2', '--explain'];
    const receiver = start(site.right.config, [...args, script]);
    await receiver.printed('ran good\n');
    await site.publish(channel, ...hostile, good, site.message({ payload: 'last' }));
    const { exitCode, stdout, stderr } = await receiver.finished;
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: 'ran good\nran last\n' });
    for (const reason of [
      'not in the form of a message',
      'bad signature',
      'unknown key',
      'may use [ping], not deploy',
      'sent 2 h ago',
      'in the future',
      'reply is the verb of replies',
      'replay',
    ]) {
      expect(stderr).toContain(reason);
    }
  });
});
