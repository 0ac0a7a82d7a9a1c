// The stream that keeps messages, and the log of what it holds.

import { describe, expect, it } from 'vitest';
import { createTestKeys, type ForgedFields, forgeMessage, spoilSignature } from '../helpers/forge.ts';
import { openKeptSite } from '../helpers/kept.ts';
import { readRecords } from '../helpers/output-schema.ts';
import { run, runShell, start } from '../helpers/program.ts';
import { startTerminal } from '../helpers/terminal.ts';

const site = openKeptSite();
const history = (...args: string[]) => run(site.left.config, ['history', ...args]);
const json = async (...args: string[]) => readRecords((await history(...args, '--json')).stdout);

/** The log of a channel without its times, which differ. */
async function readLog(channel: string, ...args: string[]): Promise<string[]> {
  const { exitCode, stdout, stderr } = await run(site.right.config, ['history', '-S', channel, ...args]);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  return stdout
    .split('\n')
    .slice(0, -1)
    .map((line) => line.replace(/^\S+ +/, '').replace(/ +/g, ' '));
}

describe('without a history', () => {
  it.each([[[]], [['info']], [['delete', '--yes']], [['delete']]])(
    'history %j ends with 3 and says so',
    async (words) => {
      const { exitCode, stdout, stderr } = await history(...words);
      expect({ exitCode, stdout }).toEqual({ exitCode: 3, stdout: '' });
      expect(stderr).toContain('there is no stream remaphore-history; to make it: remaphore history create');
    },
  );
});

describe('history create', () => {
  it('keeps the usual channel for a week, as far as a gibibyte goes', async () => {
    expect(await json('create')).toEqual([
      {
        type: 'stream',
        name: 'remaphore-history',
        change: 'created',
        channels: ['all'],
        messages: 0,
        bytes: 0,
        first: null,
        last: null,
        max_age_ms: 7 * 86_400_000,
        max_bytes: 2 ** 30,
        replicas: 1,
      },
    ]);
    expect(await json('create')).toMatchObject([{ change: 'unchanged' }]);
  });

  it('adds channels and changes limits, and leaves alone what it is not told', async () => {
    await history('create');
    expect(await json('create', '-S', 'a', '-S', 'b.c', '--max-age', '12h')).toMatchObject([
      { change: 'changed', channels: ['all', 'a', 'b.c'], max_age_ms: 43_200_000, max_bytes: 2 ** 30 },
    ]);
    expect(await json('create', '-S', 'd', '--max-bytes', '0')).toMatchObject([
      { change: 'changed', channels: ['all', 'a', 'b.c', 'd'], max_age_ms: 43_200_000, max_bytes: null },
    ]);
    expect(await json('info')).toMatchObject([{ channels: ['all', 'a', 'b.c', 'd'], max_age_ms: 43_200_000 }]);
    expect((await history('info')).stdout).toMatch(
      /^stream: {3}remaphore-history\nchannels: all, a, b\.c, d\nmessages: 0, 0 bytes\nkept for: 12 h\nat most: {2}as much as there is\nreplicas: 1\n$/,
    );
  });

  it('may be told twice at the same time', async () => {
    const words = ['create', '--max-age', '12h', '--max-bytes', '1GiB'];
    await history('delete', '--yes');
    const outcomes = await Promise.all([1, 2, 3, 4].map(() => history(...words)));
    expect(outcomes.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0, 0]);
  });

  it.each(['barrier.x', 'lock.x', 'durable.a.b', 'ab'.repeat(32)])(
    'does not keep the program’s own traffic: %s',
    async (name) => {
      const { exitCode, stderr } = await history('create', '-S', name);
      expect(exitCode).toBe(2);
      expect(stderr).toContain('locks, barriers and durable listeners');
    },
  );

  it('ends with 3 when one server is to keep three replicas', async () => {
    await history('create');
    expect(await history('create', '--replicas', '3')).toMatchObject({ exitCode: 3 });
    await history('delete', '--yes');
    expect(await history('create', '--replicas', '3')).toMatchObject({ exitCode: 3 });
  });
});

describe('history delete', () => {
  it('deletes nothing that nobody has confirmed', async () => {
    await history('create');
    const { exitCode, stderr } = await history('delete');
    expect({ exitCode, stderr }).toEqual({
      exitCode: 2,
      stderr: 'remaphore: error: history delete: deletes everything that is kept\nremaphore: hint: to do so: --yes\n',
    });
    expect(await history('info')).toMatchObject({ exitCode: 0 });
  });

  it('asks on a terminal, and takes yes for an answer and nothing else', async () => {
    await history('create');
    for (const [answer, exitCode] of [
      ['y', 1],
      ['yes', 0],
    ] as const) {
      const terminal = startTerminal(site.left.config, '"$REMAPHORE" history delete', { input: `${answer}\n` });
      await terminal.shows(/with 0 messages \(0 bytes\)\? type yes:/);
      expect(await terminal.finished).toMatchObject({ exitCode });
    }
    expect(await history('info')).toMatchObject({ exitCode: 3 });
  });

  it('deletes everything with --yes', async () => {
    await history('create');
    await run(site.left.config, ['-s', '--keep', 'x']);
    expect(await json('delete', '--yes')).toMatchObject([{ change: 'deleted', messages: 1 }]);
    expect(await history('info')).toMatchObject({ exitCode: 3 });
  });
});

describe('the log', () => {
  it('says of each message whose it is, and whether that is so', async () => {
    const channel = await site.createChannel();
    const good = site.message({ verb: 'deploy', payload: 'v1', uuidHex: 'abcd' });
    const from = (fields: ForgedFields = {}) => forgeMessage(site.limited.keys, { uuidHex: 'abcd', ...fields });
    await site.publish(
      channel,
      good,
      good,
      spoilSignature(good),
      forgeMessage(createTestKeys(), { uuidHex: 'abcd' }),
      spoilSignature(forgeMessage(createTestKeys(), { uuidHex: 'abcd' })),
      from({ verb: 'deploy' }),
      from({ verb: 'reply', destination: '' }),
      from({ timeMs: Date.now() - 7_200_000 }),
      Buffer.from('junk\x1b[2J'),
      Buffer.alloc(0),
      Buffer.alloc(1_048_576, 'x'),
    );
    const lines = await readLog(channel);
    const anybody = '\\S+\\u2026\\S*';
    const expected = [
      'com\\.crypto\\.us\\.left deploy \\*\\* abcd valid v1',
      'com\\.crypto\\.us\\.left deploy \\*\\* abcd valid, copy v1',
      'com\\.crypto\\.us\\.left\\? deploy \\*\\* abcd forged v1',
      `${anybody} ping \\*\\* abcd unknown key`,
      `${anybody}\\? ping \\*\\* abcd forged`,
      'com\\.crypto\\.us\\.limited deploy \\*\\* abcd not permitted',
      'com\\.crypto\\.us\\.limited reply - abcd not permitted',
      'com\\.crypto\\.us\\.limited ping \\*\\* abcd valid, signed 2 h(?: \\d+ s)? before',
      '- - - - malformed junk\\\\x1b\\[2J',
      '- - - - malformed',
      '- - - - malformed x{1048576}',
    ];
    expect(lines).toHaveLength(expected.length);
    for (const [i, pattern] of expected.entries()) expect(lines[i]).toMatch(new RegExp(`^${pattern}$`));
  });

  it('says the same as JSON, and more', async () => {
    const channel = await site.createChannel();
    const payload = Buffer.from([0xff, 0x00]);
    await site.publish(channel, site.message({ payload, wantsReply: true }), Buffer.from('junk'));
    expect(await json('-S', channel)).toMatchObject([
      {
        type: 'entry',
        channel,
        verdict: 'valid',
        copy: false,
        off_time: false,
        sender: 'com.crypto.us.left',
        public_key: site.left.keys.publicKey,
        verb: 'ping',
        destination: '**',
        wants_reply: true,
        payload_base64: payload.toString('base64'),
      },
      { type: 'entry', verdict: 'malformed', sender: null, payload: 'junk' },
    ]);
  });

  it('knows this host’s own messages where its Peers do not have it', async () => {
    const channel = await site.createChannel();
    await run(site.left.config, ['-s', '--keep', '-S', channel, 'mine']);
    expect(await json('-S', channel)).toMatchObject([{ verdict: 'valid', sender: 'com.crypto.us.left' }]);
  });

  it.each([
    [['-v', 'deploy,other'], ['b']],
    [['-u', 'it'], ['c']],
    [
      ['-D', 'com.crypto.us.right'],
      ['b', 'c', 'd'],
    ],
    [
      ['-D', 'com.elsewhere'],
      ['a', 'b', 'c'],
    ],
    [
      ['-v', 'ping', '-D', 'com.crypto.us.right'],
      ['c', 'd'],
    ],
  ] satisfies [string[], string[]][])('has only what is asked for: %j', async (args, payloads) => {
    const channel = await site.createChannel();
    await site.publish(
      channel,
      site.message({ payload: 'a', destination: 'com.elsewhere' }),
      site.message({ payload: 'b', verb: 'deploy' }),
      site.message({ payload: 'c', uuidHex: Buffer.from('it').toString('hex') }),
      site.message({ payload: 'd', destination: 'com.crypto.**' }),
      Buffer.from('junk'),
    );
    expect((await json('-S', channel, ...args)).map(({ payload }) => payload)).toEqual(payloads);
  });

  it('has only what names a key, known or not', async () => {
    const channel = await site.createChannel();
    const stranger = createTestKeys();
    await site.publish(channel, site.message(), forgeMessage(stranger, { payload: 'x' }));
    expect(await json('-S', channel, '-p', stranger.publicKey)).toMatchObject([
      { payload: 'x', verdict: 'unknown-key' },
    ]);
  });

  it.each([
    [['-p', 'x'], /public key: /],
    [['-v', 'reply'], /verb "reply"/],
    [['-u', ''], /--uuid is empty/],
  ])('is not looked through for what no message can have: %j', async (args, message) => {
    await site.createChannel();
    const { exitCode, stderr } = await history(...args);
    expect({ exitCode, stderr }).toEqual({ exitCode: 2, stderr: expect.stringMatching(message) });
  });

  it('has only what was stored in time, and knows a copy of what was stored before', async () => {
    const channel = await site.createChannel();
    await site.publish(channel, site.message({ payload: 'early' }));
    const [early] = await json('-S', channel);
    const copied = site.message({ payload: 'copied' });
    await site.publish(channel, copied);
    const sinceMs = Date.now() - Date.parse(early?.['stored'] as string);
    // Everything is younger than this, whatever the time it takes to start.
    expect(await json('-S', channel, '--since', `${sinceMs + 60_000}ms`)).toHaveLength(2);
    expect(await json('-S', channel, '--since', '1ms')).toEqual([]);
  });

  it('has every channel, or those that are asked for', async () => {
    const [one, two] = [await site.createChannel(), await site.createChannel()];
    await site.publish(one, site.message({ payload: 'one' }));
    await site.publish(two, site.message({ payload: 'two' }));
    const all = (await json()).map(({ channel }) => channel);
    expect(all).toEqual(expect.arrayContaining([one, two]));
    expect((await json('-S', one, '-S', two)).map(({ channel }) => channel)).toEqual([one, two]);
    expect(await history('-S', one, '-S', 'other')).toMatchObject({
      exitCode: 3,
      stderr: expect.stringContaining('remaphore history create -S other'),
    });
  });

  it('is cut to the width of a terminal, and obeyed by none', async () => {
    const channel = await site.createChannel();
    await site.publish(channel, site.message({ payload: `\x1b[2J${'x'.repeat(500)}` }));
    const terminal = startTerminal(site.right.config, `"$REMAPHORE" history -S ${channel}`, { columns: 120 });
    await terminal.finished;
    const lines = await terminal.screen();
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/ valid {2}\\x1b\[2Jx+\u2026$/);
  });

  it('goes on with --follow until it is interrupted', async () => {
    const channel = await site.createChannel();
    await site.publish(channel, site.message({ payload: 'before' }));
    const follower = start(site.right.config, ['history', '-S', channel, '-v', 'ping', '--follow']);
    await follower.printed('before\n');
    // What is left out must not hold up what is not.
    await site.publish(channel, site.message({ payload: 'after' }), site.message({ verb: 'other' }));
    await follower.printed('after\n');
    follower.kill('SIGINT');
    expect(await follower.finished).toMatchObject({ exitCode: 130 });
  });

  it('ends as by SIGPIPE when its reader has gone, though nothing comes', async () => {
    const channel = await site.createChannel();
    await site.publish(channel, site.message({ payload: 'before' }));
    const line = `"$REMAPHORE" history -S ${channel} --follow | head -1; echo "\${PIPESTATUS[0]}"`;
    const { stdout } = await runShell(site.right.config, line);
    expect(stdout).toMatch(/before\n141\n$/);
  });

  it('follows for as long as -t says', async () => {
    const channel = await site.createChannel();
    expect(await history('-S', channel, '--follow', '-t', '500ms')).toMatchObject({ exitCode: 0, stdout: '' });
  });
});
