// Everything but the canonical form is refused although it is validly signed: a second form of a message would have a
// second hash, and pass the memory of what was seen.

import { randomBytes } from 'node:crypto';
import bs58 from 'bs58';
import { describe, expect, it } from 'vitest';
import { KeyPair } from '../../src/protocol/keys.ts';
import { encodeMessage, parseMessage, readSender } from '../../src/protocol/message.ts';
import { protocolError } from '../helpers/failures.ts';
import { createTestKeys, forgeMessage, sign } from '../helpers/forge.ts';
import { isSignedByItsKey } from '../helpers/second-opinion.ts';
import { isTaken } from '../helpers/taken.ts';

const keys = createTestKeys();

/** A validly signed message whose signed part is exactly this text. */
const signed = (signedPart: string) => sign(keys, Buffer.from(signedPart));

/** A good message with its key and signature texts replaced. */
function withOuter(change: { key?: string; signature?: string }): Buffer {
  const [key, signature, ...rest] = forgeMessage(keys).toString('latin1').split(',');
  return Buffer.from([change.key ?? key, change.signature ?? signature, ...rest].join(','), 'latin1');
}

describe('the time', () => {
  it.each([
    ['upper-case hex', '18E9D44CD7AB24CC'],
    ['one upper-case digit', '18e9d44cd7ab24cC'],
    ['a plus sign', '+18e9d44cd7ab24cc'],
    ['a minus sign', '-18e9d44cd7ab24cc'],
    ['a leading zero', '018e9d44cd7ab24cc'],
    ['zero with a leading zero', '00'],
    ['a prefix', '0x18e9d44cd7ab24cc'],
    ['nothing', ''],
    ['a space before', ' 18e9d44cd7ab24cc'],
    ['a space behind', '18e9d44cd7ab24cc '],
    ['a newline behind', '18e9d44cd7ab24cc\n'],
    ['an underscore', '18e9_d44c'],
    ['more than 64 bits', '118e9d44cd7ab24cc'],
    ['far too many digits', 'f'.repeat(10_000)],
    ['a letter that is no digit', '18g'],
  ])('is refused with %s', (_, time) => {
    expect(() => parseMessage(signed(`**,${time},00ff,ping,_,`))).toThrow(protocolError('time'));
  });

  it('can be zero', () => {
    expect(parseMessage(signed('**,0,00ff,ping,_,')).timeNs).toBe(0n);
  });
});

describe('the uuid', () => {
  it.each([
    ['upper-case hex', '00FF'],
    ['an odd number of digits', '00f'],
    ['a letter that is no digit', '00fg'],
    ['a space', '00 ff'],
    ['a newline behind', '00ff\n'],
    ['more than 32 bytes', 'ab'.repeat(33)],
  ])('is refused with %s', (_, uuid) => {
    expect(() => parseMessage(signed(`**,1,${uuid},ping,_,`))).toThrow(protocolError('uuid'));
  });

  it.each([
    ['no bytes', ''],
    ['12 bytes', 'ab'.repeat(12)],
    ['32 bytes, as in replies', 'ab'.repeat(32)],
  ])('can have %s', (_, uuid) => {
    expect(parseMessage(signed(`**,1,${uuid},ping,_,`)).uuid).toBe(uuid);
  });
});

describe('the flag', () => {
  it.each(['', 'q', 'R', '-', 'QQ', '__', 'Q_', '1', ' Q', 'Q ', 'Ｑ'])('is refused as "%s"', (flag) => {
    expect(() => parseMessage(signed(`**,1,00,ping,${flag},`))).toThrow(protocolError('flag'));
  });
});

describe('the verb', () => {
  it('is refused when it is empty', () => {
    expect(() => parseMessage(signed('**,1,00,,_,'))).toThrow(protocolError('verb'));
  });

  it('is refused when it is not UTF-8', () => {
    const message = sign(keys, Buffer.from('**,1,00,pi\xffng,_,', 'latin1'));
    expect(() => parseMessage(message)).toThrow(protocolError('verb'));
  });

  it('is read as it was sent, in any case', () => {
    expect(parseMessage(signed('**,1,00,PiNG,_,')).verb).toBe('PiNG');
  });
});

describe('the destination', () => {
  it('is refused when it is not UTF-8', () => {
    const message = sign(keys, Buffer.from('\xc3,1,00,ping,_,', 'latin1'));
    expect(() => parseMessage(message)).toThrow(protocolError('destination'));
  });

  it('keeps a byte order mark, which is a character like any other', () => {
    expect(parseMessage(signed('\ufeffcom,1,00,ping,_,')).destination).toBe('\ufeffcom');
  });
});

describe('the fields', () => {
  it.each(['', ',', ',,,,,,', 'hello'])('are refused when there are too few or they are empty: "%s"', (text) => {
    expect(() => parseMessage(Buffer.from(text))).toThrow(expect.objectContaining({ name: 'ProtocolError' }));
  });

  it('are refused when a comma is missing before the payload', () => {
    expect(() => parseMessage(signed('**,1,00,ping,_'))).toThrow(protocolError('fields'));
  });

  it('leave all that follows to the payload, commas and bytes that are no text included', () => {
    const payload = Buffer.concat([Buffer.from(',a,,b\n,'), Buffer.from([0, 0xff, 0xfe])]);
    const message = sign(keys, Buffer.concat([Buffer.from('**,1,00,ping,_,'), payload]));
    expect(Buffer.from(parseMessage(message).payload)).toEqual(payload);
  });
});

describe('the public key', () => {
  it.each([
    ['too few characters', 'abc'],
    ['nothing', ''],
    ['too many characters', '2'.repeat(45)],
    ['far too many characters', '2'.repeat(100_000)],
  ])('is refused with %s', (_, key) => {
    expect(() => parseMessage(withOuter({ key }))).toThrow(protocolError('public_key'));
    expect(readSender(withOuter({ key }))).toBeUndefined();
  });

  it.each([
    ['31 bytes', bs58.encode(new Uint8Array(31).fill(255))],
    ['33 bytes', bs58.encode(new Uint8Array([0, ...randomBytes(32)]))],
    ['characters that are not base58', '0'.repeat(43)],
  ])('of %s is no sender’s: the signature is not valid', async (_, key) => {
    expect(await isTaken(withOuter({ key }))).toBe(false);
  });
});

describe('the signature', () => {
  const good = bs58.decode(forgeMessage(keys).toString('latin1').split(',')[1] as string);

  it.each([
    ['too few characters', 'abc'],
    ['nothing', ''],
    ['too many characters', '2'.repeat(89)],
    ['far too many characters', '2'.repeat(100_000)],
  ])('is refused with %s', (_, signature) => {
    expect(() => parseMessage(withOuter({ signature }))).toThrow(protocolError('signature'));
  });

  it.each([
    ['63 bytes', bs58.encode(good.subarray(0, 63))],
    ['65 bytes', bs58.encode(new Uint8Array([0, ...good]))],
    ['characters that are not base58', 'l'.repeat(87)],
    ['all zeros', '1'.repeat(64)],
  ])('of %s is not valid', async (_, signature) => {
    expect(await isTaken(withOuter({ signature }))).toBe(false);
  });

  it('is not valid with the group order added to S, although tweetnacl lets that pass', async () => {
    const message = forgeMessage(keys, { payload: 'once only' });
    const [key, text, ...rest] = message.toString('latin1').split(',');
    const signature = bs58.encode(addGroupOrder(bs58.decode(text as string)));
    const second = Buffer.from([key, signature, ...rest].join(','), 'latin1');
    expect(isSignedByItsKey(second)).toBe(true);
    expect(await isTaken(message)).toBe(true);
    expect(await isTaken(second)).toBe(false);
  });
});

/** R ‖ S + L, L being 2^252 + 27742317777372353535851937790883648493 (RFC 8032 §5.1), little-endian. */
function addGroupOrder(signature: Uint8Array): Uint8Array {
  const order = 2n ** 252n + 27742317777372353535851937790883648493n;
  const s = BigInt(`0x${Buffer.from(signature.subarray(32)).reverse().toString('hex')}`) + order;
  const bytes = Buffer.from(s.toString(16).padStart(64, '0'), 'hex').reverse();
  return new Uint8Array([...signature.subarray(0, 32), ...bytes]);
}

describe('an error', () => {
  it('never holds what was in the message', () => {
    const secret = 'payload-that-nobody-may-see';
    const own = KeyPair.fromPrivateKey(keys.privateKey);
    const content = { destination: '', timeNs: 1n, uuid: new Uint8Array(33), verb: 'ping', wantsReply: false };
    const bytes = encodeMessage({ ...content, payload: Buffer.from(secret) }, own);
    expect(() => parseMessage(bytes)).toThrow(
      expect.objectContaining({ code: 'uuid', message: expect.not.stringContaining(secret) }),
    );
  });
});
