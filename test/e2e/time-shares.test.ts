// How the time that -t gives is used: shared among the servers, and without a word where it is very long.

import { afterAll, beforeAll, expect, it } from 'vitest';
import { createNetwork, type TestNode } from '../helpers/network.ts';
import { run, startReady } from '../helpers/program.ts';
import { startSilentServer } from '../helpers/proxy.ts';
import { startServer, type TestServer } from '../helpers/server.ts';

let server: TestServer;

beforeAll(async () => {
  server = await startServer();
});

afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

it('leaves time for the second server when the first accepts connections and says nothing', async () => {
  await using silent = await startSilentServer();
  using network = createNetwork([silent.url, server.url], ['com.crypto.us.left']);
  const [{ config }] = network.nodes as [TestNode];
  // Less than the five seconds that one server may take to answer when there is no limit.
  expect(await run(config, ['-s', '-t', '4s'])).toEqual({ exitCode: 0, stdout: '', stderr: '' });
});

it('says nothing of a time that is too long for one timer', async () => {
  using network = createNetwork(server.url, ['com.crypto.us.left']);
  const [{ config }] = network.nodes as [TestNode];
  const receiver = await startReady(config, ['-o', '-t', '100d']);
  await run(config, ['-s', 'text']);
  expect(await receiver.finished).toEqual({ exitCode: 0, stdout: 'text\n', stderr: 'remaphore: ready\n' });
});
