// What the credentials of init let a node do with the streams of the server.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  barrierSubject,
  coordinationSubjects,
  historySubjects,
  lockSubject,
  streamName,
} from '../../src/protocol/streams.ts';
import { rejectionOf, transportError } from '../helpers/failures.ts';
import { type InitiatedNetwork, initiate, LEFT, RIGHT } from '../helpers/initiated.ts';
import { createTestOperator, type TestOperator } from '../helpers/operator.ts';
import { startServer } from '../helpers/server.ts';
import { connectTransport, type OpenStore, openStore, streamSettings, takeAll } from '../helpers/store.ts';

const SUBJECT = 'net.of-tests';
const HISTORY = streamName(SUBJECT, 'history');
const COORDINATION = streamName(SUBJECT, 'coordination');

let network: InitiatedNetwork;
let open: OpenStore;

beforeAll(async () => {
  network = await initiate([LEFT, RIGHT], ['--subject', SUBJECT]);
  open = await openStore(network.url, network.config(LEFT).replace(/conf$/, 'creds'));
});

afterAll(async () => {
  await open[Symbol.asyncDispose]();
  await network[Symbol.asyncDispose]();
});

describe('a node with the credentials of init', () => {
  it('may do all that there is with the history', async () => {
    const { store } = open;
    const settings = streamSettings(HISTORY, { subjects: historySubjects(SUBJECT, []), maxAgeMs: 60_000 });
    await store.create(settings);
    const subject = `${SUBJECT}.all`;
    expect((await store.append(subject, Buffer.from('one'), { stream: HISTORY, id: 'x' })).seq).toBe(1);
    expect(await store.get(HISTORY, 1)).toMatchObject({ seq: 1, subject });
    expect(await takeAll(await store.read(HISTORY, subject, { seq: 1 }))).toEqual(['one']);
    expect(await takeAll(await store.read(HISTORY, undefined, { storedMs: 1 }))).toEqual(['one']);
    const durable = { name: 'workers', subject, from: { seq: 1 }, ackWaitMs: 1000 };
    const reader = await store.consume(HISTORY, durable);
    for await (const delivered of reader) {
      if (delivered.attempt === 1) await delivered.again(0);
      else {
        const release = delivered.keep();
        await delivered.done();
        release();
        break;
      }
    }
    expect(await store.consumers(HISTORY)).toEqual(['workers']);
    expect(await store.update({ ...settings, maxAgeMs: 120_000 })).toMatchObject({ maxAgeMs: 120_000 });
    expect(await store.remove(HISTORY)).toBe(true);
  });

  it('may make and use the stream of locks and barriers, but not change or delete it', async () => {
    const { store } = open;
    const settings = streamSettings(COORDINATION, { subjects: coordinationSubjects(SUBJECT), appendOnly: true });
    await store.create(settings);
    for (const subject of [lockSubject(SUBJECT, 'x'), barrierSubject(SUBJECT, 'x')]) {
      await store.append(subject, Buffer.from(subject), { stream: COORDINATION });
    }
    const subject = lockSubject(SUBJECT, 'x');
    expect(await takeAll(await store.read(COORDINATION, subject, { seq: 1 }))).toEqual([subject]);
    const notPermitted = (act: string) =>
      transportError('not-permitted', new RegExp(`^the server does not permit to publish on \\$JS.API.STREAM.${act}.`));
    expect(await rejectionOf(store.remove(COORDINATION))).toEqual(notPermitted('DELETE'));
    expect(await rejectionOf(store.update({ ...settings, maxBytes: 1 }))).toEqual(notPermitted('UPDATE'));
    // The connection outlives that.
    expect(await store.info(COORDINATION)).toMatchObject({ messages: 2, maxBytes: -1 });
  });

  it('may not make other streams, nor read them', async () => {
    const subject = '$JS.API.STREAM.CREATE.others';
    const advice = /, or take the host out of all of them and add it again with remaphore init --add\)$/;
    const error = await rejectionOf(open.store.create(streamSettings('others')));
    expect(error).toEqual(transportError('not-permitted', advice));
    expect(error.message).toContain(`the server does not permit to publish on ${subject} (`);
    expect(await rejectionOf(open.store.info('others'))).toEqual(transportError('not-permitted'));
  });
});

describe('a node that may only do a part of it', () => {
  let operator: TestOperator;

  it('hears which call is not permitted instead of waiting', async () => {
    operator = await createTestOperator(network.path);
    await using server = await startServer(await operator.settings(), { jetStream: true });
    const user = async (name: string, deny: string[]) => {
      const { credentials } = await operator.createUser(name, {
        permissions: { pub: { allow: ['>'], deny }, sub: {} },
      });
      return credentials;
    };
    const all = await openStore(server.url, await user('all', []));
    await all.store.create(streamSettings('s'));
    await all.store.append('s.a', Buffer.from('one'), { stream: 's' });

    const none = await connectTransport(server.url, await user('none', ['$JS.>']));
    const refusal = /^the server does not permit to publish on \$JS\.API\.INFO \(/;
    expect(await rejectionOf(none.openStore())).toEqual(transportError('not-permitted', refusal));
    await none.publish('x', Buffer.from('x'));

    const some = await openStore(server.url, await user('some', ['$JS.API.CONSUMER.MSG.NEXT.>', '$JS.ACK.>', 's.b']));
    const durable = { name: 'c', subject: 's.a', from: { seq: 1 }, ackWaitMs: 1000 };
    const readers = [await some.store.read('s', 's.a', { seq: 1 }), await some.store.consume('s', durable)];
    for (const reader of readers) {
      const next = reader[Symbol.asyncIterator]().next();
      expect(await rejectionOf(next)).toEqual(transportError('not-permitted', /\$JS\.API\.CONSUMER\.MSG\.NEXT\.s\./));
    }
    // A subject of messages is another matter: a node that may not send there is of no use at all.
    const put = some.store.append('s.b', Buffer.from('x'), { stream: 's' });
    expect(await rejectionOf(put)).toEqual(transportError('not-permitted', /^the server does not permit .* s\.b/));
    await Promise.all([all.transport, none, some.transport].map((transport) => transport.close()));
  });
});
