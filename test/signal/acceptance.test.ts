import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { Acceptance, type Candidate, type Filter, type Refusal } from '../../src/signal/acceptance.ts';
import { ReplayMemory } from '../../src/signal/replay-memory.ts';
import { OTHER, OWN } from '../helpers/config-text.ts';
import { createTestKeys, type ForgedFields, forgeMessage, forgeReply, sign, spoilSignature } from '../helpers/forge.ts';
import { type Config, loadedConfig } from '../helpers/loaded-config.ts';

const NOW_MS = 1_800_000_000_000;
const SKEW_MS = 3000;
const HERE = 'com.x.here';

const every = createTestKeys();
let config: Config;

beforeAll(async () => {
  config = await loadedConfig({
    destination: `destination: ${HERE}`,
    peers: [
      `com.x.other ${OTHER.publicKey} [ping, Deploy]`,
      `com.x.every ${every.publicKey} [*]`,
      `com.x.none ${OWN.publicKey} []`,
    ],
  });
});

/** The checks of a receiver that matches this node's destination, unless the filter says otherwise. */
function createAcceptance(filter: Filter = {}, memory = new ReplayMemory(SKEW_MS)): Acceptance {
  return new Acceptance(config.peers, { destination: HERE, ...filter }, SKEW_MS, memory);
}

const forge = (fields: ForgedFields = {}, keys = OTHER) => forgeMessage(keys, { timeMs: NOW_MS, ...fields });

function screened(acceptance: Acceptance, bytes: Uint8Array): Candidate {
  const result = acceptance.screen(bytes, NOW_MS);
  if (typeof result === 'string') throw new Error(`refused: ${result}`);
  return result;
}

/** The whole way of a message: undefined when it is acted on, else why not. */
async function refusalOf(acceptance: Acceptance, bytes: Uint8Array, nowMs = NOW_MS) {
  const result = acceptance.screen(bytes, nowMs);
  if (typeof result === 'string') return result;
  return (await acceptance.verify(result)) ? acceptance.settle(result, nowMs) : 'bad-signature';
}

describe('a message is acted on', () => {
  it('when everything is right', async () => {
    const bytes = forge({ verb: 'deploy', payload: 'v1' });
    const candidate = screened(createAcceptance(), bytes);
    expect(candidate).toMatchObject({
      verb: 'deploy',
      sender: { destination: 'com.x.other', publicKey: OTHER.publicKey },
    });
    expect(Buffer.from(candidate.hash)).toEqual(createHash('sha256').update(bytes).digest());
    expect(await refusalOf(createAcceptance(), bytes)).toBeUndefined();
  });

  it('when its verb was granted in another ASCII case', async () => {
    expect(screened(createAcceptance(), forge({ verb: 'DePLOY' })).verb).toBe('deploy');
  });

  it('with any verb when its sender may use any', async () => {
    expect(await refusalOf(createAcceptance(), forge({ verb: 'whatever' }, every))).toBeUndefined();
  });

  it.each([
    ['its verb', { verbs: ['ping', 'deploy'] }],
    ['its sender', { publicKey: OTHER.publicKey }],
    ['its uuid', { uuid: 'abcd' }],
    ['all of them', { verbs: ['ping'], publicKey: OTHER.publicKey, uuid: 'abcd' }],
  ] satisfies [string, Filter][])('when %s is waited for', async (_, filter) => {
    expect(await refusalOf(createAcceptance(filter), forge({ uuidHex: 'abcd' }))).toBeUndefined();
  });

  it.each(['**', 'com.**', 'com.x.here', 'com.*.here', '*.x.h*'])('when it is for %s', async (destination) => {
    expect(await refusalOf(createAcceptance(), forge({ destination }))).toBeUndefined();
  });

  it('when its pattern is to the letter the one waited for, whether it could match or not', async () => {
    expect(
      await refusalOf(createAcceptance({ destination: 'a.**.b' }), forge({ destination: 'a.**.b' })),
    ).toBeUndefined();
  });

  it('when any destination will do', async () => {
    const acceptance = createAcceptance({ destination: undefined });
    expect(await refusalOf(acceptance, forge({ destination: 'org.elsewhere' }))).toBeUndefined();
  });

  it.each([-SKEW_MS, 0, SKEW_MS - 1])('when its time is %d ms away', async (offsetMs) => {
    expect(await refusalOf(createAcceptance(), forge({ timeMs: NOW_MS + offsetMs }))).toBeUndefined();
  });
});

describe('a message is refused', () => {
  it.each([
    ['nothing', Buffer.alloc(0)],
    ['a text', Buffer.from('hello')],
    ['a long text without a comma', Buffer.from('a'.repeat(1000))],
  ])('as malformed when it is %s', (_, bytes) => {
    expect(createAcceptance().screen(bytes, NOW_MS)).toBe('malformed');
  });

  it('as malformed when a known key signed something that is not canonical', () => {
    const bytes = sign(OTHER, Buffer.from('**,0FF,00,ping,_,'));
    expect(createAcceptance().screen(bytes, NOW_MS)).toBe('malformed');
  });

  it('when its sender is unknown, before anything else is read', () => {
    const stranger = createTestKeys();
    expect(createAcceptance().screen(forge({}, stranger), NOW_MS)).toBe('unknown-key');
    expect(createAcceptance().screen(Buffer.from(`${stranger.publicKey},nonsense`), NOW_MS)).toBe('unknown-key');
  });

  it('when its sender may not use the verb', () => {
    expect(createAcceptance().screen(forge({ verb: 'stop' }), NOW_MS)).toBe('verb-not-granted');
    expect(createAcceptance().screen(forge({ verb: 'ping' }, OWN), NOW_MS)).toBe('verb-not-granted');
    expect(createAcceptance().screen(forge({ verb: '*' }), NOW_MS)).toBe('verb-not-granted');
  });

  it('when its verb only looks like one that was granted', () => {
    expect(createAcceptance().screen(forge({ verb: 'p\u0130ng' }), NOW_MS)).toBe('verb-not-granted');
    expect(createAcceptance().screen(forge({ verb: 'ping ' }), NOW_MS)).toBe('verb-not-granted');
  });

  it.each(['reply', 'REPLY', 'Reply'])('when its verb is %s, even if its sender may use any', (verb) => {
    const acceptance = createAcceptance({ destination: undefined });
    expect(acceptance.screen(forge({ verb, wantsReply: true }, every), NOW_MS)).toBe('reply-verb');
  });

  it('when it is a recorded reply', () => {
    const acceptance = createAcceptance({ destination: undefined });
    const reply = forgeReply(every, Buffer.from('request'), '0,x');
    expect(acceptance.screen(reply, Date.now())).toBe('reply-verb');
  });

  it.each([
    ['verb', { verbs: ['deploy', 'stop'] }, 'other-verb'],
    ['sender', { publicKey: OWN.publicKey }, 'other-key'],
    ['uuid', { uuid: 'ffff' }, 'other-uuid'],
    ['uuid, of which it has only the start', { uuid: 'abcdef' }, 'other-uuid'],
    ['uuid, which only begins like its own', { uuid: 'ab' }, 'other-uuid'],
  ] satisfies [string, Filter, Refusal][])('when another %s is waited for', (_, filter, refusal) => {
    expect(createAcceptance(filter).screen(forge({ uuidHex: 'abcd' }), NOW_MS)).toBe(refusal);
  });

  it.each(['', 'com', 'com.x', 'com.y.*', 'com.x.here.**', 'com.x.h*r*', '**.here', 'verylongprefix*'])(
    'when it is for "%s"',
    (destination) => {
      expect(createAcceptance().screen(forge({ destination }), NOW_MS)).toBe('other-destination');
    },
  );

  it.each([-SKEW_MS - 1, SKEW_MS + 1, -3_600_000, 3_600_000])('when its time is %d ms away', (offsetMs) => {
    expect(createAcceptance().screen(forge({ timeMs: NOW_MS + offsetMs }), NOW_MS)).toBe('outside-window');
  });

  it('when its signature is not its sender’s', async () => {
    expect(await refusalOf(createAcceptance(), spoilSignature(forge()))).toBe('bad-signature');
  });

  it('when it bears the key of a peer but somebody else’s signature', async () => {
    const bytes = forge({}, every).toString('latin1').replace(every.publicKey, OTHER.publicKey);
    expect(await refusalOf(createAcceptance(), Buffer.from(bytes, 'latin1'))).toBe('bad-signature');
  });
});

describe('the first check that fails is the one that is named', () => {
  it('in the order of their cost', () => {
    // Each message fails its own check and all that come after it.
    const filter: Filter = { verbs: ['deploy'], uuid: 'ffff' };
    const late = { destination: 'org.elsewhere', timeMs: NOW_MS - 60_000 };
    const refusals = [
      createAcceptance(filter).screen(forge({ ...late, verb: 'reply' }), NOW_MS),
      createAcceptance(filter).screen(forge({ ...late, verb: 'reply' }, every), NOW_MS),
      createAcceptance(filter).screen(forge(late), NOW_MS),
      createAcceptance().screen(forge(late), NOW_MS),
      createAcceptance({ destination: undefined }).screen(forge(late), NOW_MS),
    ];
    expect(refusals).toEqual(['verb-not-granted', 'reply-verb', 'other-verb', 'other-destination', 'outside-window']);
  });
});

describe('a replay', () => {
  it('is refused at once when the message was acted on before', async () => {
    const acceptance = createAcceptance();
    const bytes = forge();
    expect(await refusalOf(acceptance, bytes)).toBeUndefined();
    expect(acceptance.screen(Buffer.from(bytes), NOW_MS)).toBe('replay');
  });

  it('cannot pass when both copies are being verified at the same time', async () => {
    const acceptance = createAcceptance();
    const bytes = forge();
    const copies = [screened(acceptance, bytes), screened(acceptance, Buffer.from(bytes))];
    expect(await Promise.all(copies.map((copy) => acceptance.verify(copy)))).toEqual([true, true]);
    expect(copies.map((copy) => acceptance.settle(copy, NOW_MS))).toEqual([undefined, 'replay']);
  });

  it('is refused also when its time came while it waited to be settled', async () => {
    const acceptance = createAcceptance();
    const bytes = forge();
    const copies = [screened(acceptance, bytes), screened(acceptance, bytes)];
    expect(copies.map((copy, i) => acceptance.settle(copy, NOW_MS + i * 60_000))).toEqual([undefined, 'replay']);
  });

  it('is not what a message of the same content at another time is', async () => {
    const acceptance = createAcceptance();
    expect(await refusalOf(acceptance, forge({ uuidHex: 'ab', timeMs: NOW_MS - 1 }))).toBeUndefined();
    expect(await refusalOf(acceptance, forge({ uuidHex: 'ab', timeMs: NOW_MS + 1 }))).toBeUndefined();
  });
});

describe('a forged copy', () => {
  it('does not burn the real message, whichever comes first', async () => {
    const acceptance = createAcceptance();
    const real = forge();
    expect(await refusalOf(acceptance, spoilSignature(real))).toBe('bad-signature');
    expect(await refusalOf(acceptance, real)).toBeUndefined();
  });

  it('leaves no trace in the memory', async () => {
    const acceptance = createAcceptance({}, new ReplayMemory(SKEW_MS, 1));
    for (let i = 0; i < 5; i++) expect(await refusalOf(acceptance, spoilSignature(forge()))).toBe('bad-signature');
    expect(await refusalOf(acceptance, forge())).toBeUndefined();
  });
});

describe('a full memory', () => {
  it('refuses new messages before their signature is looked at', async () => {
    const acceptance = createAcceptance({}, new ReplayMemory(SKEW_MS, 1));
    expect(await refusalOf(acceptance, forge())).toBeUndefined();
    expect(acceptance.screen(forge(), NOW_MS)).toBe('memory-full');
  });

  it('refuses also what was on its way when it filled up', async () => {
    const acceptance = createAcceptance({}, new ReplayMemory(SKEW_MS, 1));
    const candidates = [screened(acceptance, forge()), screened(acceptance, forge())];
    expect(candidates.map((candidate) => acceptance.settle(candidate, NOW_MS))).toEqual([undefined, 'memory-full']);
  });
});
