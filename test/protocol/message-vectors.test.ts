import { describe, expect, it } from 'vitest';
import { KeyPair } from '../../src/protocol/keys.ts';
import { encodeMessage, hashMessage, parseMessage, readSender, verifyMessage } from '../../src/protocol/message.ts';
import { replySubject } from '../../src/protocol/subject.ts';
import { encodeUuid } from '../../src/protocol/uuid.ts';
import { isSignedByItsKey } from '../helpers/second-opinion.ts';
import { MESSAGES, type MessageVector } from '../helpers/vectors.ts';

const keys = KeyPair.fromPrivateKey(MESSAGES.identity.secretKey);

const bytesOf = (vector: MessageVector) => Buffer.from(vector.Encoded, 'base64');
const payloadOf = (vector: MessageVector) => Buffer.from(vector.PayloadBase64, 'base64');

const cases = MESSAGES.messages.map((vector, i) => ({
  title: `${i}: ${vector.Verb} to "${vector.Destination}", uuid "${vector.UUIDText}"`,
  vector,
}));

describe('the key pair of the vectors', () => {
  it('has the public key that belongs to its private key', () => {
    expect(keys.publicKey).toBe(MESSAGES.identity.publicKey);
  });
});

describe.each(cases)('message $title', ({ vector }) => {
  const bytes = bytesOf(vector);

  it('is read into its fields', () => {
    const message = parseMessage(bytes);
    expect(message).toMatchObject({
      publicKey: vector.SenderPublicKey,
      destination: vector.Destination,
      timeNs: BigInt(vector.TimeNano),
      uuid: vector.UUIDHex,
      verb: vector.Verb,
      wantsReply: vector.RequestReply,
    });
    expect(Buffer.from(message.payload).equals(payloadOf(vector))).toBe(true);
    expect(readSender(bytes)).toBe(vector.SenderPublicKey);
  });

  it('has the hash and the reply subject', () => {
    const hash = hashMessage(bytes);
    expect(Buffer.from(hash).toString('hex')).toBe(vector.Hash);
    expect(replySubject('remaphore', hash)).toBe(vector.ReplySubject);
  });

  it('is validly signed, and tweetnacl agrees', async () => {
    expect(await verifyMessage(parseMessage(bytes))).toBe(true);
    expect(isSignedByItsKey(bytes)).toBe(true);
  });

  it('is encoded to the same bytes', () => {
    const encoded = encodeMessage(
      {
        destination: vector.Destination,
        timeNs: BigInt(vector.TimeNano),
        uuid: Buffer.from(vector.UUIDHex, 'hex'),
        verb: vector.Verb,
        wantsReply: vector.RequestReply,
        payload: payloadOf(vector),
      },
      keys,
    );
    expect(Buffer.from(encoded).equals(bytes)).toBe(true);
  });
});

describe('a uuid', () => {
  const given = MESSAGES.messages.filter(({ UUIDText }) => UUIDText !== '');

  it.each(given)('of "$UUIDText" is $UUIDHex', ({ UUIDText, UUIDHex }) => {
    expect(Buffer.from(encodeUuid(UUIDText)).toString('hex')).toBe(UUIDHex);
  });
});
