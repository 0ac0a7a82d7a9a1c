// What a receiver must not act on. An honest message follows each hostile one: that it alone comes through shows both
// that the hostile one did not and that the receiver is alive.

import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { forgeMessage, forgeReply, sign, spoilSignature } from '../helpers/forge.ts';
import { GATE_DESTINATION, openGate } from '../helpers/gate.ts';
import { run, startReady } from '../helpers/program.ts';
import { alterField, raiseSignature } from '../helpers/tamper.ts';

/** The default. */
const SKEW_MS = 3000;

const gate = openGate();

describe('a receiver acts on a message', () => {
  it('that is for it, from a peer, in time and well signed', async () => {
    expect(await gate.pass(forgeMessage(gate.trusted, { payload: 'hello' }))).toEqual(['hello']);
  });

  it.each(['**', 'com.**', 'com.crypto.us.right', 'com.*.us.r*t', '*.*.*.*'])('to %s', async (destination) => {
    expect(await gate.pass(forgeMessage(gate.trusted, { destination, payload: 'hello' }))).toEqual(['hello']);
  });

  it.each([-1, 1])('whose time is within the skew (%i)', async (sign) => {
    const timeMs = Date.now() + sign * (SKEW_MS - 1500);
    expect(await gate.pass(forgeMessage(gate.trusted, { timeMs, payload: 'hello' }))).toEqual(['hello']);
  });

  it('with a verb granted to its sender, in any case', async () => {
    expect(await gate.pass(forgeMessage(gate.limited, { verb: 'BreaK', payload: 'hello' }))).toEqual(['hello']);
  });
});

describe('a receiver never acts on a message', () => {
  it('from an unknown key', async () => {
    expect(await gate.pass(forgeMessage(gate.stranger, { payload: 'evil' }))).toEqual([]);
  });

  it.each(['deploy', '*', 'ping ', 'pin', 'pingx', 'brea\u212a', 'ping\0', ''])(
    'with a verb that its sender was not granted: %j',
    async (verb) => {
      expect(await gate.pass(forgeMessage(gate.limited, { verb, payload: 'evil' }))).toEqual([]);
    },
  );

  it.each([
    'com.crypto.us.left',
    'com.crypto.us',
    'com.crypto.us.right.**',
    'com.crypto.*',
    '**.right',
    'com.**.right',
    'com.crypto.us.**t',
    'com.crypto.us.r*g*t',
    'com.crypto.us.right.',
    'com.crypto.us.averyverylongprefix*',
    'com.crypto.us.rightrig*ghtright',
    '*',
    '',
  ])('that is for another destination: %j', async (destination) => {
    expect(await gate.pass(forgeMessage(gate.trusted, { destination, payload: 'evil' }))).toEqual([]);
  });

  it.each([
    ['after it', () => Date.now() - SKEW_MS - 100],
    ['long after it', () => Date.now() - 86_400_000],
    ['at the beginning of time', () => 0],
    // The receiver's own clock goes on while the message is made and travels.
    ['before it', () => Date.now() + SKEW_MS + 1000],
    ['long before it', () => Date.now() + 86_400_000],
    ['at the end of time', () => (2 ** 63 - 2 ** 20) / 1e6],
  ])('that arrives outside the skew: %s', async (_, timeMs) => {
    expect(await gate.pass(forgeMessage(gate.trusted, { timeMs: timeMs(), payload: 'evil' }))).toEqual([]);
  });

  it.each(['reply', 'REPLY', 'rePly'])('with the verb %s', async (verb) => {
    expect(await gate.pass(forgeMessage(gate.trusted, { verb, payload: '0,evil' }))).toEqual([]);
  });

  it('that is a reply, also of the receiver’s peers to one of its own', async () => {
    const request = forgeMessage(gate.trusted, { wantsReply: true, payload: 'hello' });
    const replies = [forgeReply(gate.trusted, request, '0,evil'), forgeReply(gate.limited, request, '0,evil')];
    expect(await gate.pass(request, ...replies)).toEqual(['hello']);
  });
});

describe('a receiver acts once on a message', () => {
  it('whose bytes come again later', async () => {
    const message = forgeMessage(gate.trusted, { payload: 'once' });
    expect(await gate.pass(message)).toEqual(['once']);
    expect(await gate.pass(message)).toEqual([]);
  });

  it('whose bytes come twice in one batch', async () => {
    const message = forgeMessage(gate.trusted, { payload: 'once' });
    expect(await gate.pass(message, message)).toEqual(['once']);
  });

  it('whose bytes come a hundred times, others between', async () => {
    const messages = ['a', 'b', 'c'].map((payload) => forgeMessage(gate.trusted, { payload }));
    expect(await gate.pass(...Array.from({ length: 100 }, () => messages).flat())).toEqual(['a', 'b', 'c']);
  });

  it('whose signature comes again in its other form (S + L)', async () => {
    const message = forgeMessage(gate.trusted, { payload: 'once' });
    expect(await gate.pass(message, raiseSignature(message))).toEqual(['once']);
    expect(await gate.pass(raiseSignature(message))).toEqual([]);
  });

  it('for as long as it could be accepted again, which is longest for one that is ahead of time', async () => {
    const aheadMs = 2000;
    const message = forgeMessage(gate.trusted, { timeMs: Date.now() + aheadMs, payload: 'once' });
    expect(await gate.pass(message)).toEqual(['once']);
    const endMs = performance.now() + aheadMs + SKEW_MS + 500;
    while (performance.now() < endMs) {
      expect(await gate.pass(message)).toEqual([]);
      await delay(20);
    }
  });
});

describe('a signature that is not the sender’s over these bytes is refused', () => {
  it('when it is a good one over something else', async () => {
    expect(await gate.pass(spoilSignature(forgeMessage(gate.trusted, { payload: 'evil' })))).toEqual([]);
  });

  it('when it is another peer’s', async () => {
    const signedPart = forgeMessage(gate.limited, { payload: 'evil' }).toString().split(',').slice(2).join(',');
    const keys = { ...gate.limited, publicKey: gate.trusted.publicKey };
    expect(await gate.pass(sign(keys, Buffer.from(signedPart)))).toEqual([]);
  });

  it.each([
    ['destination', 2, 'com.**'],
    ['uuid', 4, '0011'],
    ['verb', 5, 'deploy'],
    ['flag', 6, 'Q'],
    ['payload', 7, 'evil'],
  ])('when the %s was altered on the way', async (_, field, value) => {
    expect(await gate.pass(alterField(forgeMessage(gate.trusted), field, value))).toEqual([]);
  });

  it('and a forged copy just before the real one does not burn it', async () => {
    const message = forgeMessage(gate.trusted, { payload: 'real' });
    const forged = [spoilSignature(message), raiseSignature(message)];
    expect(await gate.pass(...forged, message)).toEqual(['real']);
    const another = forgeMessage(gate.trusted, { payload: 'real' });
    expect(await gate.pass(spoilSignature(another))).toEqual([]);
    expect(await gate.pass(another)).toEqual(['real']);
  });
});

describe('the filters of the command line', () => {
  /** What is let through of these by a receiver with further options. */
  async function filter(args: string[], messages: Uint8Array[]): Promise<string> {
    const receiver = await startReady(gate.config, ['-t', '30s', '-o', ...args]);
    await gate.wire.publish(...messages);
    const { stdout, exitCode } = await receiver.finished;
    expect(exitCode).toBe(0);
    return stdout;
  }

  it('-u lets only this uuid through', async () => {
    const hex = Buffer.from('upload_done').toString('hex');
    const others = ['', '00', hex.slice(2), `${hex}00`, hex.toUpperCase(), '75706c6f61645f446f6e65'];
    const messages = [...others, hex].map((uuidHex) =>
      forgeMessage(gate.trusted, { uuidHex, payload: `<${uuidHex}>` }),
    );
    expect(await filter(['-u', 'upload_done'], messages)).toBe(`<${hex}>\n`);
  });

  it('-v lets only these verbs through, and not what the sender may not use', async () => {
    const messages = [
      forgeMessage(gate.trusted, { verb: 'ping', payload: 'ping' }),
      forgeMessage(gate.limited, { verb: 'deploy', payload: 'not granted' }),
      forgeMessage(gate.trusted, { verb: 'DEPLOY', payload: 'deploy' }),
    ];
    expect(await filter(['-v', 'build,Deploy'], messages)).toBe('deploy\n');
  });

  it('-p lets only this sender through', async () => {
    const messages = [gate.trusted, gate.limited].map((keys) => forgeMessage(keys, { payload: keys.publicKey }));
    expect(await filter(['-p', gate.limited.publicKey], messages)).toBe(`${gate.limited.publicKey}\n`);
  });

  it('-D stands in for the node’s own destination, or is met to the letter', async () => {
    const to = (destination: string) => forgeMessage(gate.trusted, { destination, payload: destination });
    expect(await filter(['-D', 'org.x'], [to(GATE_DESTINATION), to('org.y'), to('org.*')])).toBe('org.*\n');
    expect(await filter(['-D', 'org.*'], [to('org.x'), to('**'), to('org.*')])).toBe('org.*\n');
  });

  it('-d lets every destination through, and nothing else that is refused', async () => {
    const fields = { destination: 'org.elsewhere', payload: 'elsewhere' };
    const messages = [
      forgeMessage(gate.stranger, fields),
      forgeMessage(gate.limited, { ...fields, verb: 'deploy' }),
      forgeMessage(gate.trusted, { ...fields, verb: 'reply', destination: '' }),
      spoilSignature(forgeMessage(gate.trusted, fields)),
      forgeMessage(gate.trusted, { ...fields, timeMs: Date.now() - 60_000 }),
      forgeMessage(gate.trusted, fields),
    ];
    expect(await filter(['-d'], messages)).toBe('elsewhere\n');
  });

  it('-v reply is refused before anything is received', async () => {
    expect(await run(gate.config, ['-v', 'Reply'])).toMatchObject({ exitCode: 2 });
  });
});
