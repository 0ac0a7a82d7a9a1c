// What an act will do is decided before there is a connection: what cannot work is refused then.

import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { shortenKey } from '../../src/protocol/keys.ts';
import { hashMessage, parseMessage } from '../../src/protocol/message.ts';
import { planReceive, type ReceiveOptions } from '../../src/signal/receive-plan.ts';
import { planRequest } from '../../src/signal/request-plan.ts';
import { assertFits, encodePlan, planSend, type SendOptions } from '../../src/signal/send.ts';
import { OTHER, OWN } from '../helpers/config-text.ts';
import { usageError } from '../helpers/failures.ts';
import { createTestKeys } from '../helpers/forge.ts';
import { type Config, loadedConfig } from '../helpers/loaded-config.ts';
import { isSignedByItsKey } from '../helpers/second-opinion.ts';

const third = createTestKeys();
const stranger = createTestKeys();
let config: Config;

beforeAll(async () => {
  config = await loadedConfig({
    more: ['subject: sub', `default_identity: ${OTHER.publicKey}`],
    identities: [
      `${OWN.publicKey} ${OWN.privateKey} [ping, deploy]`,
      `${OTHER.publicKey} ${OTHER.privateKey} [ping]`,
      `${third.publicKey} ${third.privateKey} [deploy, stop]`,
    ],
    peers: [
      `com.a.one ${OWN.publicKey} [*]`,
      `com.a.one ${OTHER.publicKey} [ping]`,
      `com.a.two ${third.publicKey} []`,
      `org.b ${createTestKeys().publicKey} [*]`,
    ],
  });
});

describe('a plan to send', () => {
  it('is a ping to every node on the channel all, with random bytes as uuid and nothing as payload', () => {
    const plan = planSend(config, {});
    expect(plan).toMatchObject({ destination: '**', verb: 'ping', subject: 'sub.all' });
    expect(plan.uuid).toHaveLength(12);
    expect(plan.payload).toHaveLength(0);
    expect(Buffer.from(planSend(config, {}).uuid)).not.toEqual(Buffer.from(plan.uuid));
  });

  it('is what was asked for', () => {
    const plan = planSend(config, {
      destination: 'com.*',
      verb: 'DEPLOY',
      uuid: 'upload_done',
      channel: 'x.y',
      payload: 'ü',
    });
    expect(plan).toMatchObject({ destination: 'com.*', verb: 'deploy', subject: 'sub.x.y' });
    expect(Buffer.from(plan.uuid).toString()).toBe('upload_done');
    expect(Buffer.from(plan.payload).toString('hex')).toBe('c3bc');
  });

  it('leaves a payload of bytes as it is', () => {
    const payload = new Uint8Array([0, 255, 44]);
    expect(planSend(config, { payload }).payload).toEqual(payload);
  });

  it('makes a message that tweetnacl takes for the identity’s', () => {
    const plan = planSend(config, { payload: 'x' });
    const bytes = encodePlan(plan, 7n, true);
    expect(parseMessage(bytes)).toMatchObject({ publicKey: OTHER.publicKey, timeNs: 7n, wantsReply: true });
    expect(isSignedByItsKey(bytes)).toBe(true);
  });

  it('makes the same bytes of the same time, and another hash of another', () => {
    const plan = planSend(config, {});
    const hash = (timeNs: bigint) => Buffer.from(hashMessage(encodePlan(plan, timeNs, false))).toString('hex');
    expect(hash(1n)).toBe(hash(1n));
    expect(hash(1n)).not.toBe(hash(2n));
  });
});

describe('the identity to send with', () => {
  it.each([
    ['the default one when it may use the verb', 'ping', () => OTHER],
    ['the first that may when the default one may not', 'deploy', () => OWN],
    ['the only one that may', 'stop', () => third],
  ])('is %s', (_, verb, keys) => {
    expect(planSend(config, { verb }).identity.publicKey).toBe(keys().publicKey);
  });

  it('is the one that was named', () => {
    expect(planSend(config, { verb: 'deploy', publicKey: third.publicKey }).identity.publicKey).toBe(third.publicKey);
  });

  const all = [OWN, OTHER, third].map((keys) => shortenKey(keys.publicKey)).join('.*');

  it('is refused when the named one may not use the verb, naming it and the key’s beginning', () => {
    const act = () => planSend(config, { verb: 'stop', publicKey: OWN.publicKey });
    expect(act).toThrow(usageError('identity', new RegExp(`stop.*${shortenKey(OWN.publicKey)}`)));
  });

  it('is refused when it is none of this node’s, which are named', () => {
    const act = () => planSend(config, { publicKey: stranger.publicKey });
    expect(act).toThrow(usageError('identity', new RegExp(all)));
  });

  it('is refused when none may use the verb, naming it and all keys’ beginnings', () => {
    const act = () => planSend(config, { verb: 'launch' });
    expect(act).toThrow(usageError('identity', new RegExp(`launch.*${all}`)));
  });

  it('never shows a private key, not even when one is named by mistake', () => {
    const act = () => planSend(config, { publicKey: OWN.privateKey });
    expect(act).toThrow(expect.not.objectContaining({ message: expect.stringContaining(OWN.privateKey) }));
  });
});

describe('nothing is sent', () => {
  it.each<[string, SendOptions, RegExp]>([
    ['an empty destination', { destination: '' }, /destination/],
    ['a destination with a comma', { destination: 'a,b' }, /destination.*comma/],
    ['two * in a segment', { destination: 'a*b*c' }, /destination.*one \*/],
    ['** that is not last', { destination: '**.a' }, /destination.*last/],
    ['** that is not a whole segment', { destination: 'a.b**' }, /destination.*whole segment/],
    ['an empty uuid', { uuid: '' }, /uuid.*empty/],
    ['an empty channel', { channel: '' }, /subject.*empty/],
    ['a channel with *', { channel: 'a.*' }, /subject.*\*/],
    ['a channel with >', { channel: '>' }, /subject.*>/],
    ['a channel that begins with a dot', { channel: '.a' }, /subject.*dot/],
    ['a channel with white space', { channel: 'a b' }, /subject.*white space/],
    ['a channel of locks', { channel: 'lock.a' }, /subject.*locks/],
    ['a channel of replies', { channel: 'ab'.repeat(32) }, /subject.*replies/],
    ['an empty verb', { verb: '' }, /verb.*empty/],
    ['the verb reply', { verb: 'reply' }, /verb.*reserved/],
    ['the verb reply in any case', { verb: 'RePly' }, /verb.*reserved/],
    ['the verb *', { verb: '*' }, /verb/],
    ['a verb with a comma', { verb: 'a,b' }, /verb.*comma/],
    ['a verb with a newline', { verb: 'a\nb' }, /verb.*white space/],
  ])('with %s', (_, options, message) => {
    expect(() => planSend(config, options)).toThrow(usageError('option', message));
    expect(() => planRequest(config, options)).toThrow(usageError('option', message));
  });

  it('that is larger than the server takes, and both sizes are said', () => {
    const plan = planSend(config, { payload: 'x'.repeat(1000) });
    const bytes = encodePlan(plan, 1n, false);
    expect(() => assertFits(bytes, plan.payload, bytes.length)).not.toThrow();
    expect(() => assertFits(bytes, plan.payload, bytes.length - 1)).toThrow(
      usageError('payload-too-large', /\b1000\b.*\b999\b/),
    );
  });
});

describe('a plan to ask', () => {
  it.each([
    ['**', ['com.a.one', 'com.a.two', 'org.b']],
    ['com.**', ['com.a.one', 'com.a.two']],
    ['com.a.t*', ['com.a.two']],
    ['org.b', ['org.b']],
  ])('for %s expects %j to answer, each once', (destination, responders) => {
    expect(planRequest(config, { destination }).responders).toEqual(responders);
  });

  it('is refused when nobody known could answer', () => {
    expect(() => planRequest(config, { destination: 'net.**' })).toThrow(usageError('responders', /net\.\*\*/));
  });

  it('is refused for what is only the start of their names', () => {
    expect(() => planRequest(config, { destination: 'com' })).toThrow(usageError('responders'));
  });
});

describe('a plan to receive', () => {
  it('lets through what is for this node, with any verb, from any peer', () => {
    expect(planReceive(config, {})).toEqual({
      filter: { destination: 'com.x.y', publicKey: undefined, uuid: undefined, verbs: undefined },
      subject: 'sub.all',
      channel: 'all',
      sinceMs: undefined,
    });
  });

  it('is what was asked for', () => {
    const options = {
      sinceMs: 1000,
      destination: 'com.*',
      publicKey: third.publicKey,
      uuid: 'upload_done',
      verbs: ['Ping', 'STOP'],
      channel: 'x',
    };
    expect(planReceive(config, options)).toEqual({
      filter: {
        destination: 'com.*',
        publicKey: third.publicKey,
        uuid: Buffer.from('upload_done').toString('hex'),
        verbs: ['ping', 'stop'],
      },
      subject: 'sub.x',
      channel: 'x',
      sinceMs: 1000,
    });
  });

  it.each([-1, Number.NaN, Number.POSITIVE_INFINITY])('is refused for what was sent since %d ms', (sinceMs) => {
    expect(() => planReceive(config, { sinceMs })).toThrow(usageError('option', /since/));
  });

  it('waits for the hash of a long uuid, as it is sent', () => {
    const text = 'a text of more than twelve bytes';
    const uuid = createHash('sha256').update(text).digest('hex').slice(0, 24);
    expect(planReceive(config, { uuid: text }).filter.uuid).toBe(uuid);
    expect(Buffer.from(planSend(config, { uuid: text }).uuid).toString('hex')).toBe(uuid);
  });

  it('matches no destination when any will do', () => {
    expect(planReceive(config, { anyDestination: true }).filter.destination).toBeUndefined();
  });

  it('takes a destination that could not be sent to: it may be met to the letter', () => {
    expect(planReceive(config, { destination: 'a.**.b' }).filter.destination).toBe('a.**.b');
  });

  it.each<[string, ReceiveOptions, RegExp]>([
    ['an empty uuid', { uuid: '' }, /uuid.*empty/],
    ['an empty destination', { destination: '' }, /destination.*empty/],
    ['a destination with a comma', { destination: 'a,b' }, /destination.*comma/],
    ['an empty key', { publicKey: '' }, /public key/],
    ['a key that is none', { publicKey: 'abc' }, /public key.*expected 32 bytes/],
    ['a key that no peer has', { publicKey: createTestKeys().publicKey }, /public key.*Peers/],
    ['an empty verb', { verbs: ['ping', ''] }, /verb.*empty/],
    ['the verb reply', { verbs: ['ping', 'Reply'] }, /verb.*reserved/],
    ['an empty channel', { channel: '' }, /subject.*empty/],
    ['a channel with a wildcard', { channel: '*' }, /subject.*\*/],
  ])('is refused with %s', (_, options, message) => {
    expect(() => planReceive(config, options)).toThrow(usageError('option', message));
  });
});
