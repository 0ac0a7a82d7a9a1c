// Waiting for several messages.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openKeptSite } from '../helpers/kept.ts';
import { run, start, startReady } from '../helpers/program.ts';
import { createScripts } from '../helpers/scripts.ts';

const site = openKeptSite();
const toHex = (text: string) => Buffer.from(text).toString('hex');

describe('--count', () => {
  it('ends with 0 after so many messages, also with --uuid', async () => {
    const channel = await site.createChannel();
    const args = ['-S', channel, '-u', 'done', '-n', '3', '-t', '20s'];
    const receiver = await startReady(site.right.config, args);
    const message = (payload: string, uuid = 'done') => site.message({ payload, uuidHex: toHex(uuid) });
    await site.publish(channel, message('a'), message('no', 'other'), message('b'), message('c'), message('d'));
    expect(await receiver.finished).toMatchObject({ exitCode: 0, stdout: 'a\nb\nc\n' });
  });

  it('waits for the scripts of all of them, and starts no more', async () => {
    using scripts = createScripts();
    const script = scripts.write('slow', 'sleep 0.2; echo "ran $2"');
    const channel = await site.createChannel();
    const receiver = await startReady(site.right.config, ['-S', channel, '-n', '2', '-j', '4', '-t', '20s', script]);
    await site.publish(channel, ...['a', 'b', 'c'].map((payload) => site.message({ payload })));
    const { exitCode, stdout } = await receiver.finished;
    expect({ exitCode, lines: stdout.split('\n').sort() }).toEqual({ exitCode: 0, lines: ['', 'ran a', 'ran b'] });
  });

  it('ends with 1 when fewer came in time, and says how many', async () => {
    const channel = await site.createChannel();
    const receiver = start(site.right.config, ['-S', channel, '-n', '3', '-t', '1s', '--json']);
    await receiver.said('"ready"');
    await site.publish(channel, site.message(), site.message());
    const { exitCode, stderr } = await receiver.finished;
    expect(exitCode).toBe(1);
    expect(JSON.parse(stderr.trim().split('\n').at(-1) ?? '')).toEqual({
      type: 'notice',
      message: '2 of 3 came in 1 s',
      received: 2,
      count: 3,
    });
  });

  it('counts what was given before with --since, and what comes', async () => {
    const channel = await site.createChannel();
    await site.publish(channel, site.message({ payload: 'a' }), site.message({ payload: 'b' }));
    const args = ['-S', channel, '-n', '3', '--since', '1h', '-t', '20s'];
    const receiver = start(site.right.config, args);
    await receiver.printed('b\n');
    await site.publish(channel, site.message({ payload: 'c' }));
    expect(await receiver.finished).toMatchObject({ exitCode: 0, stdout: 'a\nb\nc\n' });
    expect(await run(site.right.config, args)).toMatchObject({ exitCode: 0, stdout: 'a\nb\nc\n' });
  });
});

describe('--distinct', () => {
  it('counts hosts, and does not act on a second message of one', async () => {
    const channel = await site.createChannel();
    const args = ['-S', channel, '-n', '2', '--distinct', '-t', '20s'];
    const receiver = await startReady(site.right.config, args);
    await run(site.left.config, ['-s', '-S', channel, 'a']);
    await run(site.left.config, ['-s', '-S', channel, 'again']);
    await run(site.limited.config, ['-s', '-S', channel, 'b']);
    expect(await receiver.finished).toMatchObject({ exitCode: 0, stdout: 'a\nb\n' });
  });

  it('counts two keys of one host once', async () => {
    const channel = await site.createChannel();
    // As the third host's key, in the eyes of this one, is another of the first host's.
    const text = readFileSync(site.right.config, 'utf8').replace(site.limited.destination, site.left.destination);
    const config = join(site.directory, 'two-keys.conf');
    writeFileSync(config, text, { mode: 0o600 });
    await run(site.left.config, ['-s', '-S', channel, 'first key']);
    await run(site.limited.config, ['-s', '-S', channel, 'second key']);
    const args = ['-S', channel, '-n', '2', '--distinct', '--since', '1h', '-t', '1s'];
    const { exitCode, stdout, stderr } = await run(config, args);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: 'first key\n' });
    expect(stderr).toContain(`1 of 2 came in 1 s, from ${site.left.destination}\n`);
  });
});
