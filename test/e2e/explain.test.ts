// Knowing why nothing happened: what --explain says of each message that is not acted on, and what a receiver says of
// them all when it gives up.

import { beforeAll, describe, expect, it } from 'vitest';
import { createTestKeys, type ForgedFields, forgeMessage, spoilSignature } from '../helpers/forge.ts';
import { readRecords } from '../helpers/output-schema.ts';
import { type Program, start, startReady } from '../helpers/program.ts';
import { openSite } from '../helpers/site.ts';
import { connectWire, type Wire } from '../helpers/wire.ts';

const site = openSite([
  'com.crypto.us.left',
  { destination: 'com.crypto.us.right', verbs: 'ping, reply' },
  { destination: 'com.crypto.us.any' },
]);
const [left, right, any] = site.nodes;
const stranger = createTestKeys();
let wire: Wire;

beforeAll(async () => {
  wire = await connectWire(site.server.url);
  return () => wire[Symbol.asyncDispose]();
});

const forge = (fields: ForgedFields = {}) => forgeMessage(right.keys, fields);

/** A receiver that has dealt with some messages; an honest one behind them shows that it has. */
async function receive(args: readonly string[], ...messages: Uint8Array[]): Promise<Program> {
  const receiver = start(left.config, ['-t', '20s', ...args]);
  await receiver.said('ready');
  await wire.publish(...messages, forgeMessage(any.keys, { payload: 'honest' }));
  await receiver.printed('honest');
  return receiver;
}

/** What is said of one message. */
async function explanationOf(message: Uint8Array, args: readonly string[] = []): Promise<string> {
  const receiver = await receive(['--explain', '-o', ...args], message);
  const { stderr } = await receiver.finished;
  const lines = stderr.split('\n').filter((line) => !/^(remaphore: (ready|ignored in all: 1 .*))?$/.test(line));
  expect(lines).toHaveLength(1);
  return lines[0] as string;
}

describe('--explain says of a message', () => {
  it('outside the time window by how much, and that a clock may be wrong', async () => {
    expect(await explanationOf(forge({ timeMs: Date.now() - 9200 }))).toMatch(
      /^remaphore: ignored: claims to be from com\.crypto\.us\.right, sent (9\.[2-9]|1\d) s ago, allowed 3 s: is a clock wrong\? \(ping for \*\*\)$/,
    );
  });

  it('from the future the same', async () => {
    expect(await explanationOf(forge({ timeMs: Date.now() + 60_000 }))).toMatch(
      /, sent (1 m|59 s) in the future, allowed 3 s: is a clock wrong\?/,
    );
  });

  it('by an unknown key how the key begins', async () => {
    expect(await explanationOf(forgeMessage(stranger, { verb: 'deploy' }))).toBe(
      `remaphore: ignored: unknown key ${stranger.publicKey.slice(0, 4)}… (deploy for **)`,
    );
  });

  it('with a verb that was not granted which ones are', async () => {
    expect(await explanationOf(forge({ verb: 'deploy' }))).toBe(
      'remaphore: ignored: com.crypto.us.right may use [ping, reply], not deploy (claims to be from com.crypto.us.right, deploy for **)',
    );
  });

  it('for somebody else who this node is', async () => {
    expect(await explanationOf(forge({ destination: 'com.crypto.eu.**' }))).toBe(
      'remaphore: ignored: for com.crypto.eu.**, this node is com.crypto.us.left (claims to be from com.crypto.us.right, ping for com.crypto.eu.**)',
    );
  });

  it('that was seen before when that was, and no claim is needed any more', async () => {
    const message = forgeMessage(any.keys, { payload: 'once' });
    const receiver = start(left.config, ['--explain', '-t', '20s']);
    await receiver.said('ready');
    await wire.publish(message);
    await receiver.printed('once');
    await wire.publish(message);
    await receiver.said('ignored');
    receiver.kill('SIGTERM');
    expect((await receiver.finished).stderr).toMatch(
      /remaphore: ignored: replay of a message first seen [0-9.]+ m?s ago \(from com\.crypto\.us\.any, ping for \*\*\)\n/,
    );
  });

  it('with a bad signature that it has one', async () => {
    expect(await explanationOf(spoilSignature(forge()))).toBe(
      'remaphore: ignored: bad signature (claims to be from com.crypto.us.right, ping for **)',
    );
  });

  it('with the verb of replies that nobody acts on it', async () => {
    expect(await explanationOf(forge({ verb: 'reply' }))).toMatch(
      /: reply is the verb of replies, which nobody acts on \(/,
    );
  });

  it.each<[string, ForgedFields, string[], RegExp]>([
    ['another verb', { verb: 'other' }, ['-v', 'ping,deploy'], /: waiting for ping, deploy, not other \(/],
    ['another uuid', { uuidHex: '6162' }, ['-u', 'done'], /: waiting for the uuid done, not ab \(/],
  ])('with %s what is waited for', async (_, fields, args, line) => {
    const receiver = start(left.config, ['--explain', '-t', '20s', ...args]);
    await receiver.said('ready');
    await wire.publish(forgeMessage(any.keys, fields));
    await receiver.said('ignored');
    receiver.kill('SIGTERM');
    expect((await receiver.finished).stderr).toMatch(line);
  });

  it('by another key which one is waited for', async () => {
    const line = await explanationOf(forge(), ['-p', any.keys.publicKey]);
    const [wanted, got] = [any, right].map(({ keys }) => keys.publicKey.slice(0, 4));
    expect(line).toContain(`: waiting for the key ${wanted}…, not ${got}… (claims`);
  });

  it('that is none that it is none', async () => {
    expect(await explanationOf(Buffer.from('{"stream":"X"}'))).toBe('remaphore: ignored: not in the form of a message');
  });

  it('that is none but begins with a known key whose that is', async () => {
    expect(await explanationOf(Buffer.from(`${right.keys.publicKey},x`))).toBe(
      'remaphore: ignored: not in the form of a message, claims to be from com.crypto.us.right',
    );
  });

  it('nothing that could be taken for something else, or that a terminal obeys', async () => {
    const verb = 'a (from root)\u001b[2J\u009b\u202e\n';
    const line = await explanationOf(forgeMessage(stranger, { verb, destination: `${'x'.repeat(5000)}` }));
    expect(line).toMatch(/^[\x20-\x7e\u2026]*$/);
    expect(line).toContain('("a (from root)\\u001b[2J\\u009b\\u202e\\n" for xxxx');
    expect(line.length).toBeLessThan(300);
  });

  it('nothing when it is acted on', async () => {
    const receiver = await receive(['--explain', '-o']);
    expect((await receiver.finished).stderr).toBe('remaphore: ready\n');
  });

  it('the same as JSON', async () => {
    const receiver = await receive(['--explain', '--json', '-o'], forge({ verb: 'deploy', uuidHex: '6162' }));
    const [, ignored] = readRecords((await receiver.finished).stderr);
    expect(ignored).toMatchObject({
      type: 'ignored',
      reason: 'verb-not-granted',
      verified: false,
      sender: 'com.crypto.us.right',
      public_key: right.keys.publicKey,
      verb: 'deploy',
      destination: '**',
      uuid: '6162',
    });
  });
});

describe('a flood of messages that are not acted on', () => {
  it('is 20 lines a second, and the number of the others', async () => {
    const junk = Array.from({ length: 5000 }, () => Buffer.from('junk'));
    const receiver = await receive(['--explain', '-o'], ...junk);
    const { stderr } = await receiver.finished;
    const lines = stderr.split('\n').filter((line) => line.includes('ignored: '));
    const told = lines.filter((line) => !line.includes('more in the same second'));
    const counted = lines.flatMap((line) => /: (\d+) more in the same second/.exec(line)?.[1] ?? []);
    expect(told.length + counted.reduce((sum, count) => sum + Number(count), 0)).toBe(5000);
    // A busy machine may take some seconds for them.
    expect(told.length).toBeLessThanOrEqual(20 * (counted.length + 1));
    expect(told.length).toBeLessThan(500);
  });
});

describe('a receiver that gives up', () => {
  /** What it says at the end after messages that it has seen for certain. */
  async function farewell(args: readonly string[], messages: Uint8Array[], end: (receiver: Program) => void) {
    const receiver = await startReady(left.config, ['-v', 'ping', '-u', 'never', ...args]);
    await wire.publish(...messages);
    end(receiver);
    const { exitCode, stderr } = await receiver.finished;
    return { exitCode, last: stderr.split('\n').at(-2) };
  }
  const late = () => forge({ timeMs: Date.now() - 60_000, uuidHex: Buffer.from('never').toString('hex') });

  it('says how many it ignored and why', async () => {
    const messages = [late(), late(), forgeMessage(stranger), late(), late()];
    expect(await farewell(['-t', '1500ms'], messages, () => {})).toEqual({
      exitCode: 1,
      last: 'remaphore: nothing matched in 1.5 s; ignored: 1 unknown key, 4 outside the time window (see --explain)',
    });
  });

  it('does not point to --explain when that was given', async () => {
    expect((await farewell(['-t', '1500ms', '--explain'], [forge()], () => {})).last).toBe(
      'remaphore: nothing matched in 1.5 s; ignored: 1 with another uuid',
    );
  });

  it('says that nothing came when nothing did', async () => {
    expect((await farewell(['-t', '1500ms'], [], () => {})).last).toBe('remaphore: nothing came in 1.5 s');
  });

  it('says it as JSON with the numbers', async () => {
    const receiver = start(left.config, ['--json', '-u', 'never', '-t', '1500ms']);
    await receiver.said('ready');
    await wire.publish(forge(), forgeMessage(stranger));
    expect(readRecords((await receiver.finished).stderr).at(-1)).toMatchObject({
      type: 'notice',
      ignored: { 'unknown-key': 1, 'other-uuid': 1 },
    });
  });

  it('says nothing of it with -q', async () => {
    const receiver = start(left.config, ['-q', '-u', 'never', '-t', '1s']);
    expect((await receiver.finished).stderr).toBe('');
  });
});
