import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KeyPair } from '../../src/protocol/keys.ts';
import { verifyMessage } from '../../src/protocol/message.ts';
import { encodeReply, parseReply, REPLY_OVERHEAD_BYTES } from '../../src/protocol/reply.ts';
import { protocolError } from '../helpers/failures.ts';
import { createTestKeys, type ForgedFields, forgeMessage, forgeReply } from '../helpers/forge.ts';
import { isSignedByItsKey } from '../helpers/second-opinion.ts';
import { MESSAGES } from '../helpers/vectors.ts';

const testKeys = createTestKeys();
const keys = KeyPair.fromPrivateKey(testKeys.privateKey);
const requestHash = createHash('sha256').update('a request').digest();

/** A reply in all but what is given. */
const forge = (fields: ForgedFields) =>
  forgeMessage(testKeys, { destination: '', verb: 'reply', payload: '0,', ...fields });

describe('a reply', () => {
  it('comes back from its bytes as it was, bound to its request and validly signed', async () => {
    const anyCode = fc.integer({ min: -1, max: 255 });
    await fc.assert(
      fc.asyncProperty(anyCode, fc.uint8Array({ maxLength: 100 }), async (exitCode, output) => {
        const bytes = encodeReply({ timeNs: 5n, requestHash, exitCode, output }, keys);
        const reply = parseReply(bytes);
        expect(reply).toMatchObject({ exitCode, boundTo: requestHash.toString('hex') });
        expect(Buffer.compare(reply.output, output)).toBe(0);
        expect(await verifyMessage(reply.message)).toBe(true);
        expect(isSignedByItsKey(bytes)).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  it('is a message with the verb reply, no destination, no wish for a reply, and the code before the output', () => {
    const bytes = encodeReply({ timeNs: 255n, requestHash, exitCode: 3, output: Buffer.from('a,b\n') }, keys);
    const [key, , ...signedPart] = Buffer.from(bytes).toString().split(',');
    expect(key).toBe(testKeys.publicKey);
    expect(signedPart.join(',')).toBe(`,ff,${requestHash.toString('hex')},reply,_,3,a,b\n`);
  });

  it('needs no more than the allowance besides its output', () => {
    const reply = { timeNs: 2n ** 64n - 1n, requestHash, exitCode: -2147483648, output: Buffer.alloc(0) };
    expect(encodeReply(reply, keys).length).toBeLessThanOrEqual(REPLY_OVERHEAD_BYTES);
  });

  it('is read as another implementation’s test helper writes it', () => {
    const request = forgeMessage(testKeys);
    const reply = parseReply(forgeReply(testKeys, request, '0,ok'));
    expect(reply.boundTo).toBe(createHash('sha256').update(request).digest('hex'));
  });

  it('is bound to no request when its uuid is shorter than a hash', () => {
    expect(parseReply(forgeReply(testKeys, Buffer.from('x'), '0,ok', { bound: false })).boundTo).toBeUndefined();
    expect(parseReply(forge({ uuidHex: 'ab'.repeat(31) })).boundTo).toBeUndefined();
    expect(parseReply(forge({ uuidHex: '' })).boundTo).toBeUndefined();
  });
});

describe('the payload of a reply', () => {
  it.each([
    ['0,', 0, ''],
    ['0,ok\n', 0, 'ok\n'],
    ['-1,', -1, ''],
    ['255,a,b,c', 255, 'a,b,c'],
    ['0,NO_DATA', 0, 'NO_DATA'],
    ['3,\n\nx', 3, '\n\nx'],
    ['007,x', 7, 'x'],
    ['-9223372036854775808,x', Number('-9223372036854775808'), 'x'],
  ])('%j is the exit code %d and the output %j', (payload, exitCode, output) => {
    const reply = parseReply(forge({ payload }));
    expect(reply.exitCode).toBe(exitCode);
    expect(Buffer.from(reply.output).toString()).toBe(output);
  });

  it('NO_DATA alone has no exit code', () => {
    const reply = parseReply(forge({ payload: 'NO_DATA' }));
    expect(reply.exitCode).toBeUndefined();
    expect(Buffer.from(reply.output).toString()).toBe('NO_DATA');
  });

  it.each([
    '',
    'ok',
    '0',
    'x,0',
    '--1,',
    '+1,',
    '1.5,',
    ' 1,',
    '1 ,',
    '0x1,',
    'NO_DATA\n',
    'no_data',
    'NO_DATA,',
    '-,',
    ',x',
  ])('%j is refused', (payload) => {
    expect(() => parseReply(forge({ payload }))).toThrow(protocolError('reply'));
  });
});

describe('a message that is no reply', () => {
  it.each<[string, ForgedFields]>([
    ['another verb', { verb: 'ping' }],
    ['the verb in upper case', { verb: 'REPLY' }],
    ['a destination', { destination: '**' }],
    ['a wish for a reply', { wantsReply: true }],
  ])('is refused as one for %s', (_, fields) => {
    expect(() => parseReply(forge(fields))).toThrow(protocolError('reply'));
  });

  it('is every message of the vectors that is not marked as a reply', () => {
    for (const vector of MESSAGES.messages.filter(({ IsReply }) => !IsReply)) {
      expect(() => parseReply(Buffer.from(vector.Encoded, 'base64'))).toThrow(protocolError('reply'));
    }
  });
});

describe('replies of nodes in the field', () => {
  const replies = MESSAGES.messages.filter(({ IsReply }) => IsReply);

  it('are among the vectors', () => {
    expect(replies.length).toBeGreaterThan(0);
  });

  it.each(replies)('are read: $PayloadBase64', (vector) => {
    const payload = Buffer.from(vector.PayloadBase64, 'base64').toString();
    const reply = parseReply(Buffer.from(vector.Encoded, 'base64'));
    expect(reply.boundTo).toBeUndefined();
    expect(reply.exitCode).toBe(payload === 'NO_DATA' ? undefined : Number(payload.split(',')[0]));
  });
});
