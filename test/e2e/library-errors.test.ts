import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Config, Node } from '../../src/index.ts';
import { library } from '../helpers/library.ts';
import { createTestOperator } from '../helpers/operator.ts';
import { findFreePort, startServer } from '../helpers/server.ts';
import { openSite } from '../helpers/site.ts';

const { connect, loadConfig, parseConfig, ConfigError, TransportError, UsageError } = library;

const site = openSite([{ destination: 'com.left', verbs: 'ping' }, 'com.right'], 'max_payload: 4096');
let config: Config;
let node: Node;

beforeAll(async () => {
  config = await loadConfig(site.nodes[0].config);
  node = await connect(config);
});

afterAll(() => node.close());

/** Matches an error of this class with these fields. */
function error(type: abstract new (...args: never[]) => Error, fields: Record<string, unknown>): unknown {
  const isSo = (thrown: unknown) =>
    thrown instanceof type && Object.entries(fields).every(([name, value]) => Reflect.get(thrown, name) === value);
  return expect.toSatisfy(isSo, `${type.name} ${JSON.stringify(fields)}`);
}

/** What a call throws. */
function thrownBy(act: () => unknown): unknown {
  try {
    act();
  } catch (thrown) {
    return thrown;
  }
  return undefined;
}

describe('ConfigError', () => {
  it('unreadable: there is no such file', async () => {
    const file = join(site.directory, 'missing.conf');
    await expect(loadConfig(file)).rejects.toEqual(error(ConfigError, { code: 'unreadable', file }));
  });

  it('missing: something that has to be there is not', async () => {
    await expect(parseConfig('server: nats://127.0.0.1\n', 'a.conf')).rejects.toEqual(
      error(ConfigError, { code: 'missing', file: 'a.conf' }),
    );
  });

  it('value: names the line', async () => {
    const file = join(site.directory, 'bad.conf');
    writeFileSync(file, 'server: nats://127.0.0.1\nserver: ftp://127.0.0.1\n', { mode: 0o600 });
    await expect(loadConfig(file)).rejects.toEqual(error(ConfigError, { code: 'value', file, line: 2 }));
  });

  it('unreadable: the credentials file, when connecting', async () => {
    const credentials = join(site.directory, 'missing.creds');
    await expect(connect({ ...config, credentials })).rejects.toEqual(
      error(ConfigError, { code: 'unreadable', file: credentials }),
    );
  });
});

describe('TransportError', () => {
  it('unreachable: no server until the signal is aborted', async () => {
    const servers = [`nats://127.0.0.1:${await findFreePort()}`];
    await expect(connect({ ...config, servers }, { signal: AbortSignal.timeout(300) })).rejects.toEqual(
      error(TransportError, { code: 'unreachable' }),
    );
  });

  it('refused: the server does not know the credentials', async () => {
    const operator = await createTestOperator(site.directory);
    const stranger = await (await createTestOperator(site.directory)).createUser('stranger');
    await using guarded = await startServer(await operator.settings());
    const strange = { ...config, servers: [guarded.url], credentials: stranger.credentials };
    await expect(connect(strange)).rejects.toEqual(error(TransportError, { code: 'refused' }));
  });

  it('credentials: the file is damaged', async () => {
    const credentials = join(site.directory, 'damaged.creds');
    writeFileSync(credentials, 'nothing of use', { mode: 0o600 });
    await expect(connect({ ...config, credentials })).rejects.toEqual(error(TransportError, { code: 'credentials' }));
  });

  it('not-permitted: from send, and from an iteration that waits', async () => {
    const operator = await createTestOperator(site.directory);
    await using guarded = await startServer(await operator.settings());
    const permissions = { pub: { deny: ['remaphore.>'] }, sub: { deny: ['remaphore.>'] } };
    const { credentials } = await operator.createUser('mute', { permissions });
    const mute = { ...config, servers: [guarded.url], credentials };
    const sender = await connect(mute);
    await expect(sender.send()).rejects.toEqual(error(TransportError, { code: 'not-permitted' }));
    await sender.close();
    const receiver = await connect(mute);
    const next = receiver.receive()[Symbol.asyncIterator]().next();
    await expect(next).rejects.toEqual(error(TransportError, { code: 'not-permitted' }));
    await receiver.close();
  });
});

describe('UsageError', () => {
  it.each([
    ['option', 'a pattern with two asterisks', { destination: 'a.b**c' }],
    ['option', 'an empty uuid', { uuid: '' }],
    ['option', 'the verb of replies', { verb: 'Reply' }],
    ['option', 'an empty verb', { verb: '' }],
    ['option', 'a channel with a wildcard', { channel: 'a.*' }],
    ['option', 'a channel with a dot at its end', { channel: 'a.' }],
    ['identity', 'a verb that no identity may use', { verb: 'deploy' }],
    ['identity', 'a key that is no identity', { publicKey: 'abc' }],
    ['payload-too-large', 'more than the server takes', { payload: 'x'.repeat(5000) }],
  ])('%s: send refuses %s', async (code, _, options) => {
    await expect(node.send(options)).rejects.toEqual(error(UsageError, { code }));
  });

  it('responders: request refuses a pattern that no peer matches', () => {
    expect(thrownBy(() => node.request({ destination: 'org.*' }))).toEqual(error(UsageError, { code: 'responders' }));
  });

  it('payload-too-large: request refuses more than the server takes', () => {
    const act = () => node.request({ destination: 'com.right', payload: 'x'.repeat(5000) });
    expect(thrownBy(act)).toEqual(error(UsageError, { code: 'payload-too-large' }));
  });

  it.each([
    ['an empty uuid', { uuid: '' }],
    ['an empty destination', { destination: '' }],
    ['the verb of replies', { verbs: ['ping', 'reply'] }],
    ['a key that is none', { publicKey: 'abc' }],
    ['a channel with white space', { channel: 'a b' }],
  ])('option: receive refuses %s', (_, options) => {
    expect(thrownBy(() => node.receive(options))).toEqual(error(UsageError, { code: 'option' }));
  });

  it('payload-too-large: a reply refuses more output than it can carry, and the limit itself fits', async () => {
    const receiver = node.receive({ channel: 'large', destination: 'com.right' });
    await receiver.ready;
    const request = node.request({ channel: 'large', destination: 'com.right', signal: AbortSignal.timeout(20_000) });
    for await (const message of receiver) {
      const output = 'x'.repeat(message.maxOutputBytes);
      await expect(message.reply(0, `${output}${'x'.repeat(256)}`)).rejects.toEqual(
        error(UsageError, { code: 'payload-too-large' }),
      );
      await message.reply(0, output);
      break;
    }
    for await (const reply of request) {
      expect(reply.output.length).toBeGreaterThan(3000);
      break;
    }
  });
});

describe('an aborted signal', () => {
  it('makes send throw its reason', async () => {
    const reason = new Error('changed my mind');
    await expect(node.send({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });
});
