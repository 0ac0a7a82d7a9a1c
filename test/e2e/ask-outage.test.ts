// A request that the server has taken, and whose replies could not come because the server is gone.

import { expect, it, onTestFinished } from 'vitest';
import { createNetwork, type TestNode } from '../helpers/network.ts';
import { run, start } from '../helpers/program.ts';
import { startProxy } from '../helpers/proxy.ts';
import { startServer, type TestServer } from '../helpers/server.ts';
import { connectRaw } from '../helpers/wire.ts';

const HOSTS = ['ops.asker', 'com.web1'];

/** Somebody who hears requests and never answers. */
async function listenSilently({ url }: TestServer): Promise<void> {
  const client = await connectRaw(url);
  onTestFinished(() => client.close());
  client.subscribe('remaphore.all', { callback: () => {} });
  await client.flush();
}

it('ends with 3, not 1, when the server was killed before anybody answered and is not back in time', async () => {
  await using server = await startServer();
  await using proxy = await startProxy(server.port);
  using network = createNetwork(proxy.url, HOSTS);
  const [asker] = network.nodes as [TestNode];
  await listenSilently(server);

  // The server confirms with a PONG that it has the request.
  let isPublished = false;
  proxy.fromClient = (chunk) => {
    isPublished ||= chunk.includes('PUB remaphore.all');
    return chunk;
  };
  const confirmed = new Promise<void>((resolve) => {
    proxy.fromServer = (chunk) => {
      if (isPublished && chunk.includes('PONG')) resolve();
      return chunk;
    };
  });
  const asking = start(asker.config, ['-r', '-D', 'com.web1', '-t', '3s']);
  await confirmed;
  await server.stop('SIGKILL');
  const { exitCode, stdout, stderr } = await asking.finished;
  expect({ exitCode, stdout }).toEqual({ exitCode: 3, stdout: '' });
  expect(stderr).toContain('remaphore: connection to the server lost, reconnecting\n');
  expect(stderr).toContain('remaphore: error: not connected to a server when the time ran out\n');
});

it('ends with 1 when the server was there all the time and nobody answered', async () => {
  await using server = await startServer();
  using network = createNetwork(server.url, HOSTS);
  const [asker] = network.nodes as [TestNode];
  await listenSilently(server);
  const { exitCode, stdout, stderr } = await run(asker.config, ['-r', '-D', 'com.web1', '-t', '1500ms']);
  expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
  expect(stderr).toContain('no answer from: com.web1');
});
