// The small texts of a message and the subjects that it travels on: uuids, verbs, channels.

import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findSubjectFault, messageSubject, replySubject } from '../../src/protocol/subject.ts';
import { encodeUuid } from '../../src/protocol/uuid.ts';
import { foldVerb, isVerbGranted, normalizeVerb } from '../../src/protocol/verb.ts';

describe('a uuid', () => {
  const hexOf = (text: string) => Buffer.from(encodeUuid(text)).toString('hex');
  const digestOf = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 24);

  it('is the text’s bytes up to 12 of them', () => {
    expect(hexOf('upload_done')).toBe(Buffer.from('upload_done').toString('hex'));
    expect(hexOf('exactly12byt')).toBe(Buffer.from('exactly12byt').toString('hex'));
  });

  it('is the start of the text’s SHA-256 from 13 bytes on', () => {
    expect(hexOf('thirteen-byte')).toBe(digestOf('thirteen-byte'));
  });

  it('counts bytes, not characters', () => {
    expect(hexOf('☃☃☃☃')).toBe('e29883e29883e29883e29883');
    expect(hexOf('☃☃☃☃a')).toBe(digestOf('☃☃☃☃a'));
  });

  it('never has more than 12 bytes', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme' }), (text) => encodeUuid(text).length <= 12));
  });
});

describe('a subject', () => {
  it('of messages is the channel all, unless another is named', () => {
    expect(messageSubject('remaphore')).toBe('remaphore.all');
    expect(messageSubject('sub', 'builds')).toBe('sub.builds');
  });

  it('of replies ends in the hash of the request, in lower-case hex', () => {
    expect(replySubject('sub', new Uint8Array([0xab, 0, 0xcd]))).toBe('sub.ab00cd');
  });

  it.each(['a', 'a.b', 'a-b_c', 'Ünicode', '$SYS'])('can be named %s', (name) => {
    expect(findSubjectFault(name)).toBeUndefined();
  });

  it.each([
    ['', /empty/],
    ['*', /\*/],
    ['a.*', /\*/],
    ['a*b', /\*/],
    ['>', />/],
    ['a.>', />/],
    ['a>b', />/],
    ['.a', /dot/],
    ['a.', /dot/],
    ['.', /dot/],
    ['a..b', /dot/],
    ['a b', /white space/],
    [' a', /white space/],
    ['a\t', /white space/],
    ['a\r\nPUB x', /white space/],
    ['a\u00a0b', /white space/],
    ['a\u0000', /control/],
  ])('cannot be named %j', (name, reason) => {
    expect(findSubjectFault(name)).toMatch(reason);
  });
});

describe('a verb', () => {
  it('is sent in lower case', () => {
    expect(normalizeVerb('DePLoY')).toBe('deploy');
    expect(normalizeVerb('ÄÖ')).toBe('äö');
  });

  it('is compared without regard to ASCII case', () => {
    expect(foldVerb('DePLoY')).toBe('deploy');
    expect(isVerbGranted(['ping', 'deploy'], foldVerb('DEPLOY'))).toBe(true);
  });

  it('in another alphabet does not pass for one that was granted', () => {
    // The Kelvin sign's lower case is an ordinary k, the dotted capital I's begins with an ordinary i.
    expect(foldVerb('\u212aill')).toBe('\u212aill');
    expect(isVerbGranted(['kill'], foldVerb('\u212aill'))).toBe(false);
    expect(isVerbGranted(['ping'], foldVerb('p\u0130ng'))).toBe(false);
    expect(isVerbGranted(['äö'], foldVerb('ÄÖ'))).toBe(false);
  });

  it('is granted by name or by *, and by nothing else', () => {
    expect(isVerbGranted(['*'], 'anything')).toBe(true);
    expect(isVerbGranted([], 'ping')).toBe(false);
    expect(isVerbGranted(['ping'], 'pin')).toBe(false);
    expect(isVerbGranted(['ping'], '*')).toBe(false);
    expect(isVerbGranted(['p*'], 'ping')).toBe(false);
  });
});
