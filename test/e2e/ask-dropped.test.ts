// What arrives as a reply and is none is dropped with a notice, and the honest reply behind it is printed.

import { describe, expect, it } from 'vitest';
import { createTestKeys, forgeMessage, forgeReply, spoilSignature } from '../helpers/forge.ts';
import { run, startReady } from '../helpers/program.ts';
import { type Asked, respondWith } from '../helpers/responders.ts';
import { openSite, withClient } from '../helpers/site.ts';

const SECOND_KEY = createTestKeys();
const CLAIMED = 'claims to be from com.web1';

// One destination may have two keys, of which one answer counts.
const peers = `com.web1 ${SECOND_KEY.publicKey} [*]`;
const site = withClient(
  openSite([
    { destination: 'ops.asker', peers },
    { destination: 'ops.strict', lines: 'strict_replies: true' },
    'com.web1',
    'com.web2',
  ]),
);
const [asker, strictAsker, web1, web2] = site.nodes;

/** Answers a request as told, then honestly for both hosts. */
async function askAfter(hostile: (asked: Asked) => void, node = asker) {
  await respondWith(site.client, 'remaphore.all', (asked) => {
    hostile(asked);
    asked.answer(web1, '0,honest');
    asked.answer(web2, '0,honest');
  });
  return run(node.config, ['-r', '-D', 'com.**', '-t', '20s']);
}

const HONEST = { exitCode: 0, stdout: 'com.web1,0,honest\ncom.web2,0,honest\n' };

describe('a reply with fields as they must be, but not trustworthy', () => {
  const MINUTE_MS = 60_000;

  it.each<[string, (asked: Asked) => void, string]>([
    [
      'a bad signature',
      ({ request, raw }) => raw(spoilSignature(forgeReply(web1.keys, request, '0,evil'))),
      `bad signature: ${CLAIMED}`,
    ],
    [
      'a payload changed after signing',
      ({ request, raw }) =>
        raw(
          Buffer.from(
            forgeReply(web1.keys, request, '1,evil')
              .toString('latin1')
              .replace(/1,evil$/, '0,evil'),
            'latin1',
          ),
        ),
      `bad signature: ${CLAIMED}`,
    ],
    [
      'an unknown key',
      ({ request, raw }) => raw(forgeReply(createTestKeys(), request, '0,evil')),
      'from an unknown key',
    ],
    [
      'a time before the skew',
      ({ forge }) => forge(web1, { timeMs: Date.now() - MINUTE_MS, payload: '0,evil' }),
      `its time is too far from this clock: ${CLAIMED}`,
    ],
    [
      'a time after the skew',
      ({ forge }) => forge(web1, { timeMs: Date.now() + MINUTE_MS, payload: '0,evil' }),
      `its time is too far from this clock: ${CLAIMED}`,
    ],
    [
      'the hash of another request',
      ({ raw }) => raw(forgeReply(web1.keys, Buffer.from('another request'), '0,evil')),
      `it answers another request: ${CLAIMED}`,
    ],
  ])('with %s is dropped with a notice', async (_, hostile, notice) => {
    const { exitCode, stdout, stderr } = await askAfter(hostile);
    expect({ exitCode, stdout }).toEqual(HONEST);
    expect(stderr).toBe(`remaphore: warning: reply dropped: ${notice}\n`);
  });
});

describe('what is not in the form of a reply', () => {
  const NOTICE = `remaphore: warning: reply dropped: not in the form of a reply: ${CLAIMED}\n`;

  it.each<[string, (asked: Asked) => void]>([
    ['another verb', ({ forge }) => forge(web1, { verb: 'ping', payload: '0,evil' })],
    ['the verb in upper case', ({ forge }) => forge(web1, { verb: 'REPLY', payload: '0,evil' })],
    ['a destination', ({ forge }) => forge(web1, { destination: '**', payload: '0,evil' })],
    ['a wish for a reply', ({ forge }) => forge(web1, { wantsReply: true, payload: '0,evil' })],
    ['no exit code', ({ forge }) => forge(web1, { payload: 'evil' })],
    ['an empty exit code', ({ forge }) => forge(web1, { payload: ',evil' })],
    ['an exit code that is no number', ({ forge }) => forge(web1, { payload: '0x1,evil' })],
    ['an exit code with a plus sign', ({ forge }) => forge(web1, { payload: '+1,evil' })],
    ['an empty payload', ({ forge }) => forge(web1, { payload: '' })],
    ['a uuid in upper-case hex', ({ forge }) => forge(web1, { uuidHex: 'AB'.repeat(12), payload: '0,evil' })],
    ['nothing behind the key', ({ raw }) => raw(Buffer.from(`${web1.keys.publicKey},`))],
  ])('%s: dropped with a notice', async (_, hostile) => {
    const { exitCode, stdout, stderr } = await askAfter(hostile);
    expect({ exitCode, stdout }).toEqual(HONEST);
    expect(stderr).toBe(NOTICE);
  });

  it.each([
    ['bytes at random', Buffer.from([0xff, 0x00, 0x2c, 0x80])],
    ['JSON', Buffer.from('{"hello":"there"}')],
  ])('%s: dropped with a notice', async (_, bytes) => {
    const { exitCode, stdout, stderr } = await askAfter(({ raw }) => raw(bytes));
    expect({ exitCode, stdout }).toEqual(HONEST);
    expect(stderr).toBe('remaphore: warning: reply dropped: from an unknown key\n');
  });
});

describe('a second reply from one destination', () => {
  it.each<[string, (asked: Asked) => void]>([
    ['by the same key', ({ answer }) => answer(web1, '1,second')],
    ['by another key of the destination', ({ request, raw }) => raw(forgeReply(SECOND_KEY, request, '1,second'))],
  ])('%s is dropped with a notice', async (_, second) => {
    await respondWith(site.client, 'remaphore.all', (asked) => {
      asked.answer(web1, '0,first');
      second(asked);
      asked.answer(web2, '0,honest');
    });
    const { exitCode, stdout, stderr } = await run(asker.config, ['-r', '-D', 'com.**', '-t', '20s']);
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: 'com.web1,0,first\ncom.web2,0,honest\n' });
    expect(stderr).toBe(`remaphore: warning: reply dropped: a second one: ${CLAIMED}\n`);
  });

  it('counts as the first when the one before had a bad signature', async () => {
    const { stdout } = await askAfter(({ request, raw }) =>
      raw(spoilSignature(forgeReply(web1.keys, request, '0,evil'))),
    );
    expect(stdout).toBe(HONEST.stdout);
  });
});

describe('a flood of forged replies', () => {
  it('does not become a flood of notices, and the honest ones are printed', async () => {
    const { exitCode, stdout, stderr } = await askAfter(({ request, raw }) => {
      const forged = forgeReply(createTestKeys(), request, '0,evil');
      for (let i = 0; i < 500; i++) raw(forged);
    });
    expect({ exitCode, stdout }).toEqual(HONEST);
    expect(stderr.split('\n').length).toBeLessThan(20);
    expect(stderr).toContain('reply dropped: from an unknown key: 500 in all\n');
  });
});

describe('a reply that names no request, as field nodes send it', () => {
  it('is accepted', async () => {
    await respondWith(site.client, 'remaphore.all', ({ answer }) => {
      answer(web1, '0,field', { bound: false });
      answer(web2, '0,ours');
    });
    const ended = await run(asker.config, ['-r', '-D', 'com.**', '-t', '20s']);
    expect(ended).toEqual({ exitCode: 0, stdout: 'com.web1,0,field\ncom.web2,0,ours\n', stderr: '' });
  });

  it('is dropped with a notice when the configuration says strict_replies', async () => {
    const ended = await askAfter(({ answer }) => answer(web1, '0,field', { bound: false }), strictAsker);
    expect(ended).toEqual({
      ...HONEST,
      stderr: `remaphore: warning: reply dropped: it names no request (strict_replies): ${CLAIMED}\n`,
    });
  });
});

describe('a recorded reply of ours', () => {
  it('is refused as the answer to another request', async () => {
    const responder = await startReady(web1.config, ['-o', '-t', '30s', 'echo', 'recorded']);
    const recorded: Buffer[] = [];
    const recorder = site.client.subscribe('remaphore.*', {
      callback: (_, { subject, data }) => void (subject !== 'remaphore.all' && recorded.push(Buffer.from(data))),
    });
    await site.client.flush();
    expect((await run(asker.config, ['-r', '-D', 'com.web1', '-t', '20s'])).stdout).toContain('recorded');
    await responder.finished;
    await site.client.flush();
    recorder.unsubscribe();
    expect(recorded).toHaveLength(1);

    const ended = await askAfter(({ raw }) => raw(recorded[0] as Buffer));
    expect(ended).toEqual({
      ...HONEST,
      stderr: `remaphore: warning: reply dropped: it answers another request: ${CLAIMED}\n`,
    });
  });

  it('does not pass for a message either: a receiver does not act on it', async () => {
    const receiver = await startReady(web1.config, ['-d', '-t', '30s']);
    const request = forgeMessage(asker.keys, { wantsReply: true });
    site.client.publish('remaphore.all', forgeReply(web2.keys, request, '0,evil'));
    site.client.publish('remaphore.all', forgeMessage(asker.keys, { payload: 'honest' }));
    await receiver.printed('honest\n');
    receiver.kill('SIGTERM');
    expect((await receiver.finished).stdout).toBe('honest\n');
  });
});
