import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { forgeMessage, sign, spoilSignature } from '../helpers/forge.ts';
import { openGate } from '../helpers/gate.ts';
import { alterField, raiseSignature } from '../helpers/tamper.ts';

// A thousand messages take their time to make.
const gate = openGate('allow_skew: 20s');

/** A well-signed message with these bytes in the place of what is signed. */
function signText(text: string | Uint8Array): Buffer {
  return sign(gate.trusted, Buffer.from(text as string));
}

function now(): string {
  return (BigInt(Date.now()) * 1_000_000n).toString(16);
}

describe('junk is dropped without a word, and the receiver lives on', () => {
  it.each([
    ['nothing', () => ['']],
    ['commas', () => [1, 2, 6, 7, 8, 100_000].map((count) => ','.repeat(count))],
    ['random bytes', () => Array.from({ length: 200 }, (_, i) => randomBytes(i * 7))],
    ['a large message of zeros', () => [Buffer.alloc(1_000_000)]],
    ['a known key alone', () => [gate.trusted.publicKey, `${gate.trusted.publicKey},`]],
    [
      'a known key, then random bytes',
      () => [Buffer.concat([Buffer.from(`${gate.trusted.publicKey},`), randomBytes(999)])],
    ],
    ['a known key, then many fields', () => [`${gate.trusted.publicKey},${'x,'.repeat(100_000)}`]],
    ['a key without end', () => ['1'.repeat(100_000), `${'z'.repeat(100_000)},,,,,,,`]],
    ['text of other protocols', () => ['GET / HTTP/1.1\r\n\r\n', '{"stream":"x","seq":1}', '+OK\r\nPING\r\n']],
  ])('%s', async (_, make) => {
    const messages = (make() as (string | Uint8Array)[]).map((bytes) => Buffer.from(bytes as string));
    expect(await gate.pass(...messages)).toEqual([]);
  });

  it('a message cut off at any place', async () => {
    const message = forgeMessage(gate.trusted, { payload: 'evil' });
    const cuts = Array.from({ length: message.length }, (_, length) => message.subarray(0, length));
    expect(await gate.pass(...cuts)).toEqual([]);
  });

  it('a message with any one byte changed', async () => {
    const message = forgeMessage(gate.trusted, { payload: 'evil' });
    const altered = Array.from(message, (byte, i) => {
      const copy = Buffer.from(message);
      copy[i] = byte ^ (1 + (i % 255));
      return copy;
    });
    expect(await gate.pass(...altered)).toEqual([]);
  });

  it.each([
    ['a time in upper case', () => `**,${now().toUpperCase()},00,ping,_,evil`],
    ['a time with a leading zero', () => `**,0${now()},00,ping,_,evil`],
    ['a time with 0x', () => `**,0x${now()},00,ping,_,evil`],
    ['a time with a sign', () => `**,+${now()},00,ping,_,evil`],
    ['a time with white space', () => `**, ${now()},00,ping,_,evil`],
    ['a time beyond 64 bits', () => `**,1${now().padStart(16, '0')},00,ping,_,evil`],
    ['no time', () => '**,,00,ping,_,evil'],
    ['a uuid in upper case', () => `**,${now()},AB,ping,_,evil`],
    ['a uuid of half a byte', () => `**,${now()},abc,ping,_,evil`],
    ['a uuid without end', () => `**,${now()},${'ab'.repeat(50_000)},ping,_,evil`],
    ['a uuid that is no hex', () => `**,${now()},zz,ping,_,evil`],
    ['another flag', () => `**,${now()},00,ping,q,evil`],
    ['no flag', () => `**,${now()},00,ping,,evil`],
    ['a flag too long', () => `**,${now()},00,ping,Q_,evil`],
    ['a field too few', () => `**,${now()},00,ping,_`],
    ['a verb that is not UTF-8', () => Buffer.from(`**,${now()},00,p\xffng,_,evil`, 'latin1')],
    ['a destination that is not UTF-8', () => Buffer.from(`*\xff*,${now()},00,ping,_,evil`, 'latin1')],
  ])('a well-signed message with %s', async (_, make) => {
    expect(await gate.pass(signText(make()))).toEqual([]);
  });

  it.each([
    ['a key with 1s before it', 0, (text: string) => `1${text}`],
    ['a key with white space', 0, (text: string) => ` ${text}`],
    ['a signature with 1s before it', 1, (text: string) => `1${text}`],
    ['a signature with white space behind it', 1, (text: string) => `${text} `],
    ['no signature', 1, () => ''],
    ['a signature of zeros', 1, () => '1'.repeat(64)],
    ['a signature with a character that base58 lacks', 1, (text: string) => `0${text.slice(1)}`],
    ['a signature without end', 1, () => '2'.repeat(100_000)],
  ])('a message with %s', async (_, field, alter) => {
    const message = forgeMessage(gate.trusted, { payload: 'evil' });
    const text = message.toString().split(',')[field] as string;
    expect(await gate.pass(alterField(message, field, alter(text)))).toEqual([]);
  });

  it('and nothing of it all was said on standard error', () => {
    expect(gate.receiver.stderr).toBe('remaphore: ready\n');
  });
});

describe('a thousand honest messages with hostile ones between them', () => {
  it('come through in order, once each, and nothing else does', async () => {
    const fields = { payload: 'evil', quick: true };
    const messages = Array.from({ length: 1000 }, (_, i) => {
      const honest = forgeMessage(gate.trusted, { payload: `${i}`, quick: true });
      const hostile = [
        () => forgeMessage(gate.stranger, fields),
        () => forgeMessage(gate.limited, { ...fields, verb: 'deploy' }),
        () => forgeMessage(gate.trusted, { ...fields, destination: 'com.crypto.us.left' }),
        () => forgeMessage(gate.trusted, { ...fields, timeMs: Date.now() - 60_000 }),
        () => forgeMessage(gate.trusted, { ...fields, verb: 'reply' }),
        () => alterField(honest, 7, 'evil'),
        () => spoilSignature(honest),
        () => raiseSignature(honest),
        () => randomBytes(i % 300),
      ][i % 9] as () => Buffer;
      return [hostile(), honest, honest];
    });
    expect(await gate.pass(...messages.flat())).toEqual(Array.from({ length: 1000 }, (_, i) => `${i}`));
    expect(gate.receiver.stderr).toBe('remaphore: ready\n');
  });
});
