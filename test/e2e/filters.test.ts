// What a receiver lets through: destination, verb, sender, value and channel. A receiver that must not take a message is
// given a second one that it must take, so that it is seen to be alive.

import { describe, expect, it } from 'vitest';
import { createTestKeys } from '../helpers/forge.ts';
import { run, startReady } from '../helpers/program.ts';
import { openSite } from '../helpers/site.ts';

const second = createTestKeys();
const [left, right] = openSite([
  {
    destination: 'com.crypto.us.left',
    identities: `${second.publicKey} ${second.privateKey} [*]`,
    peers: `com.crypto.us.left ${second.publicKey} [*]`,
  },
  { destination: 'com.crypto.us.right', peers: `com.crypto.us.left ${second.publicKey} [*]` },
]).nodes;

/** What a receiver with these options (its first message ends it) prints, while these messages are sent in turn. */
async function receive(args: readonly string[], ...sent: string[][]): Promise<string> {
  const receiver = await startReady(right.config, ['-o', '-t', '20s', ...args]);
  for (const message of sent) expect(await run(left.config, ['-s', ...message])).toMatchObject({ exitCode: 0 });
  const { exitCode, stdout } = await receiver.finished;
  expect(exitCode).toBe(0);
  return stdout;
}

describe('the destination', () => {
  it.concurrent.each([
    ['its exact name', 'com.crypto.us.right'],
    ['** alone', '**'],
    ['** at the end', 'com.crypto.**'],
    ['a * in a segment', 'com.crypto.*.r*t'],
  ])('lets through what is sent to %s, and nothing for others', async (_, pattern) => {
    const sent = [
      ['-S', pattern.replaceAll('*', '_'), '-D', 'com.crypto.us.left', 'for the other'],
      ['-S', pattern.replaceAll('*', '_'), '-D', pattern, 'for me'],
    ];
    expect(await receive(['-S', pattern.replaceAll('*', '_')], ...sent)).toBe('for me\n');
  });

  it('given with -D stands for the node’s own', async () => {
    const sent = [
      ['-D', 'com.crypto.us.right', 'for its own name'],
      ['-D', 'org.*.host', 'for the given name'],
    ];
    expect(await receive(['-D', 'org.else.host'], ...sent)).toBe('for the given name\n');
  });

  it('given with -D as a pattern lets through messages with exactly this pattern', async () => {
    const sent = [
      ['-D', 'com.crypto.us.right', 'a name that the pattern would match'],
      ['-D', 'com.**', 'another pattern'],
      ['-D', 'com.crypto.**', 'the pattern'],
    ];
    expect(await receive(['-D', 'com.crypto.**'], ...sent)).toBe('the pattern\n');
  });

  it('given with -D as ** lets through only what is sent to everybody', async () => {
    const sent = [['-D', 'com.crypto.us.right', 'to one'], ['to everybody']];
    expect(await receive(['-D', '**'], ...sent)).toBe('to everybody\n');
  });

  it('does not count with -d', async () => {
    expect(await receive(['-d'], ['-D', 'org.else.host', 'for another'])).toBe('for another\n');
  });
});

describe('the sender', () => {
  it('is the one whose key is given with -p', async () => {
    const sent = [
      ['-p', left.keys.publicKey, 'from the first'],
      ['-p', second.publicKey, 'from the second'],
    ];
    expect(await receive(['-p', second.publicKey], ...sent)).toBe('from the second\n');
  });
});

describe('the verb', () => {
  it.each([
    ['is one of the list given with -v', ['-v', 'deploy,restart'], 'restart'],
    ['is compared without regard to case when waited for', ['-v', 'Deploy,RESTART'], 'restart'],
    ['is compared without regard to case when sent', ['-v', 'restart'], 'ReStart'],
    ['may have white space around it in the list', ['-v', 'deploy, restart'], 'restart'],
  ])('%s', async (_, args, verb) => {
    const sent = [['nothing but a ping'], ['-v', verb, 'wanted']];
    expect(await receive(args, ...sent)).toBe('wanted\n');
  });

  it('is ping when it is not given', async () => {
    const sent = [['-v', 'deploy', 'no ping'], ['a ping']];
    expect(await receive(['-v', 'ping'], ...sent)).toBe('a ping\n');
  });

  it('that is sent is the first of a list', async () => {
    expect(await receive(['-v', 'restart'], ['-v', 'deploy,restart', 'a'], ['-v', 'restart,deploy', 'b'])).toBe('b\n');
  });
});

describe('the value', () => {
  it('is the one given with -u, to the letter', async () => {
    const sent = [
      ['no value'],
      ['-u', 'Done', 'another case'],
      ['-u', 'done ', 'a space more'],
      ['-u', 'done', 'this'],
    ];
    expect(await receive(['-u', 'done'], ...sent)).toBe('this\n');
  });

  it('may be longer than what travels, and is told from others with the same beginning', async () => {
    const value = 'backup of the database of 2026-01-01';
    const sent = [
      ['-u', value.slice(0, 12), 'the beginning'],
      ['-u', `${value}!`, 'a character more'],
      ['-u', value, 'this'],
    ];
    expect(await receive(['-u', value], ...sent)).toBe('this\n');
  });

  it('may be twelve bytes, or thirteen', async () => {
    expect(await receive(['-u', '123456789012'], ['-u', '1234567890123', 'no'], ['-u', '123456789012', 'yes'])).toBe(
      'yes\n',
    );
    expect(await receive(['-u', '1234567890123'], ['-u', '123456789012', 'no'], ['-u', '1234567890123', 'yes'])).toBe(
      'yes\n',
    );
  });

  it('implies --once', async () => {
    const receiver = await startReady(right.config, ['-u', 'implied', '-t', '20s']);
    await run(left.config, ['-s', '-u', 'implied', 'first']);
    expect(await receiver.finished).toMatchObject({ exitCode: 0, stdout: 'first\n' });
  });
});

describe('a channel', () => {
  it.each([
    ['does not hear the usual one', ['-S', 'deploys'], ['usual'], ['-S', 'deploys', 'on the channel']],
    ['is not heard on the usual one', [], ['-S', 'deploys', 'elsewhere'], ['on the channel']],
    ['does not hear another', ['-S', 'deploys'], ['-S', 'deploys.eu', 'below'], ['-S', 'deploys', 'on the channel']],
    ['named all is the usual one', ['-S', 'all'], ['-S', 'deploys', 'elsewhere'], ['on the channel']],
  ])('%s', async (_, args, hidden, heard) => {
    expect(await receive(args, hidden, heard)).toBe('on the channel\n');
  });

  it('carries requests, and their replies', async () => {
    const receiver = await startReady(right.config, ['-S', 'questions', '-o', '-t', '20s']);
    const asker = await run(left.config, ['-r', '-S', 'questions', '-D', 'com.crypto.us.right', '-t', '20s']);
    expect(asker).toMatchObject({ exitCode: 0, stdout: 'com.crypto.us.right,0,NO_DATA\n' });
    await receiver.finished;
  });
});

describe('--once', () => {
  it('ends with the first message, without it the next are taken as well', async () => {
    const endless = await startReady(right.config, ['-S', 'once', '-t', '20s']);
    const once = await startReady(right.config, ['-S', 'once', '--once', '-t', '20s']);
    await run(left.config, ['-s', '-S', 'once', 'one']);
    await run(left.config, ['-s', '-S', 'once', 'two']);
    expect(await once.finished).toMatchObject({ exitCode: 0, stdout: 'one\n' });
    await endless.printed('one\ntwo\n');
    endless.kill('SIGTERM');
    await endless.finished;
  });
});
