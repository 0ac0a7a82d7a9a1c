import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KeyPair } from '../../src/protocol/keys.ts';
import { encodeMessage, parseMessage, readSender, verifyMessage } from '../../src/protocol/message.ts';
import { anyContent } from '../helpers/arbitraries.ts';
import { createTestKeys, forgeMessage } from '../helpers/forge.ts';
import { isSignedByItsKey } from '../helpers/second-opinion.ts';
import { isTaken } from '../helpers/taken.ts';

const testKeys = createTestKeys();
const keys = KeyPair.fromPrivateKey(testKeys.privateKey);

/** The same content in a random place of a larger buffer, as the network hands it over. */
function inLargerBuffer(bytes: Uint8Array): Uint8Array {
  const larger = new Uint8Array(bytes.length + 16).fill(0x2c);
  larger.set(bytes, 7);
  return larger.subarray(7, 7 + bytes.length);
}

// tweetnacl takes some 5 ms for each signature, and a busy machine several times that.
const SLOW_MS = 60_000;

describe('any message', () => {
  it(
    'comes back from its bytes as it was, validly signed by tweetnacl’s judgement too',
    async () => {
      await fc.assert(
        fc.asyncProperty(anyContent, async (content) => {
          const bytes = encodeMessage(content, keys);
          const message = parseMessage(inLargerBuffer(bytes));
          expect(message).toMatchObject({
            publicKey: testKeys.publicKey,
            destination: content.destination,
            timeNs: content.timeNs,
            uuid: Buffer.from(content.uuid).toString('hex'),
            verb: content.verb,
            wantsReply: content.wantsReply,
          });
          expect(Buffer.compare(message.payload, content.payload)).toBe(0);
          expect(readSender(bytes)).toBe(testKeys.publicKey);
          expect(await verifyMessage(message)).toBe(true);
          expect(isSignedByItsKey(bytes)).toBe(true);
        }),
        { numRuns: 100 },
      );
    },
    SLOW_MS,
  );

  it(
    'is refused, here and by tweetnacl, once any of its bytes is another',
    async () => {
      await fc.assert(
        fc.asyncProperty(anyContent, fc.nat(), fc.integer({ min: 1, max: 255 }), async (content, place, change) => {
          const bytes = Buffer.from(encodeMessage(content, keys));
          const at = place % bytes.length;
          bytes[at] = (bytes[at] as number) ^ change;
          expect(await isTaken(bytes)).toBe(false);
          expect(isSignedByItsKey(bytes)).toBe(false);
        }),
        { numRuns: 200 },
      );
    },
    SLOW_MS,
  );

  it('is refused once anything is cut off at its end', async () => {
    await fc.assert(
      fc.asyncProperty(anyContent, fc.nat(), async (content, place) => {
        const bytes = encodeMessage(content, keys);
        expect(await isTaken(bytes.subarray(0, place % bytes.length))).toBe(false);
      }),
      { numRuns: 200 },
    );
  });

  it('is refused once anything is inserted into it', async () => {
    await fc.assert(
      fc.asyncProperty(
        anyContent,
        fc.nat(),
        fc.uint8Array({ minLength: 1, maxLength: 3 }),
        async (content, at, more) => {
          const bytes = encodeMessage(content, keys);
          const place = at % (bytes.length + 1);
          expect(await isTaken(Buffer.concat([bytes.subarray(0, place), more, bytes.subarray(place)]))).toBe(false);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('is refused under the key of somebody else', async () => {
    const bytes = forgeMessage(testKeys, { payload: 'x' }).toString('latin1');
    const stolen = bytes.replace(testKeys.publicKey, createTestKeys().publicKey);
    expect(await isTaken(Buffer.from(stolen, 'latin1'))).toBe(false);
  });
});

describe('one message', () => {
  const bytes = forgeMessage(testKeys, { destination: 'com.**', wantsReply: true, payload: 'a,b\n' });

  it('is taken as it is', async () => {
    expect(await isTaken(bytes)).toBe(true);
  });

  it('is refused with any single bit flipped', async () => {
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const flipped = Buffer.from(bytes);
      flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7));
      expect(await isTaken(flipped), `bit ${bit}`).toBe(false);
    }
  });

  it('is refused at any shorter length', async () => {
    for (let length = 0; length < bytes.length; length++) {
      expect(await isTaken(bytes.subarray(0, length)), `length ${length}`).toBe(false);
    }
  });
});

describe('any bytes at all', () => {
  it('are read or refused with a ProtocolError, never worse', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), async (bytes) => {
        expect(await isTaken(bytes)).toBe(false);
        readSender(bytes);
      }),
    );
  });

  it('are refused even when they have commas in the right places', async () => {
    const field = fc.string({ unit: 'binary-ascii', maxLength: 90 });
    await fc.assert(
      fc.asyncProperty(fc.array(field, { minLength: 6, maxLength: 10 }), async (fields) => {
        expect(await isTaken(Buffer.from(fields.join(',')))).toBe(false);
      }),
    );
  });
});
