// That nobody is subscribed is the server's word, a message with status 503 to the request's reply subject. It is
// believed only before the server has confirmed the request, for any client can send such a message later.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { headers, type NatsConnection } from 'nats';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createNetwork, type TestNetwork, type TestNode } from '../helpers/network.ts';
import { run, start, startReady } from '../helpers/program.ts';
import { type Asked, respondWith } from '../helpers/responders.ts';
import { startServer, type TestServer } from '../helpers/server.ts';
import { connectRaw } from '../helpers/wire.ts';

let directory: string;
let server: TestServer;
let network: TestNetwork;
let asker: TestNode;
let web1: TestNode;
let web2: TestNode;
let client: NatsConnection;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'streams-'));
  server = await startServer(`jetstream { store_dir: "${directory}" }`);
  network = createNetwork(server.url, ['ops.asker', 'com.web1', 'com.web2']);
  [asker, web1, web2] = network.nodes as [TestNode, TestNode, TestNode];
  client = await connectRaw(server.url);
  await createStream('STORED', { subjects: ['remaphore.stored'] });
  await createStream('FULL', { subjects: ['remaphore.full'], max_msgs: 1, discard: 'new' });
  await client.request('remaphore.full', 'the only one');
});

afterAll(async () => {
  await client.close();
  network[Symbol.dispose]();
  await server[Symbol.asyncDispose]();
  rmSync(directory, { recursive: true, force: true });
});

describe('a request that nobody is subscribed to', () => {
  it.each([
    ['with a limit far away', ['-t', '1h']],
    ['with no limit', []],
    ['with --require all', ['--require', 'all']],
  ])('%s ends with 1 at once', async (_, words) => {
    const { exitCode, stdout, stderr } = await run(asker.config, ['-r', '-S', 'nobody', ...words]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toBe('remaphore: warning: nobody is listening\n');
  });
});

describe('a status message that says so but comes later', () => {
  it('is not believed, and no reason for a notice', async () => {
    let asked: Asked | undefined;
    await respondWith(client, 'remaphore.late', (request) => {
      asked = request;
      request.answer(web1, '0,first');
    });
    const request = start(asker.config, ['-r', '-S', 'late', '-D', 'com.*', '-t', '30s']);
    await request.printed('com.web1,0,first\n');
    client.publish(asked?.subject as string, '', { headers: headers(503, 'No Responders') });
    asked?.answer(web2, '0,second');
    expect(await request.finished).toEqual({
      exitCode: 0,
      stdout: 'com.web1,0,first\ncom.web2,0,second\n',
      stderr: '',
    });
  });

  it('is not believed with a body either', async () => {
    await respondWith(client, 'remaphore.body', ({ subject, answer }) => {
      client.publish(subject, 'body', { headers: headers(503, 'No Responders') });
      answer(web1, '0,ok');
    });
    const { exitCode, stdout } = await run(asker.config, ['-r', '-S', 'body', '-D', 'com.web1', '-t', '20s']);
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: 'com.web1,0,ok\n' });
  });
});

describe('a subject that a stream stores', () => {
  it.each(['stored', 'full'])('%s: its acknowledgement is ignored without a notice', async (channel) => {
    const responder = await startReady(web1.config, ['-S', channel, '-o', '-t', '30s', 'true']);
    const ended = await run(asker.config, ['-r', '-S', channel, '-D', 'com.web1', '-t', '20s']);
    expect(ended).toEqual({ exitCode: 0, stdout: 'com.web1,0,\n', stderr: '' });
    await responder.finished;
  });

  it('lets the request wait for -t when nobody is subscribed, as it cannot be known', async () => {
    const { exitCode, stdout, stderr } = await run(asker.config, ['-r', '-S', 'stored', '-D', 'com.*', '-t', '1s']);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toBe('remaphore: warning: no answer from: com.web1, com.web2\n');
  });
});

async function createStream(name: string, settings: object): Promise<void> {
  const request = JSON.stringify({ name, storage: 'memory', retention: 'limits', num_replicas: 1, ...settings });
  const { error } = (await client.request(`$JS.API.STREAM.CREATE.${name}`, request)).json<{ error?: unknown }>();
  if (error) throw new Error(`no stream: ${JSON.stringify(error)}`);
}
