// The set-up of most tests: hosts that know each other, by a server of their own, for all tests of a file.

import type { NatsConnection } from 'nats';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { createNetwork, type NodeSettings, type TestNetwork, type TestNode } from './network.ts';
import { startServer, type TestServer } from './server.ts';
import { connectRaw } from './wire.ts';
import { Wiretap } from './wiretap.ts';

/** A server and its hosts; what it holds is there once the tests run, and the hosts themselves are filled then. */
export interface Site<Nodes extends TestNode[] = TestNode[]> {
  server: TestServer;
  /** of the configurations, for a test's own files too */
  directory: string;
  nodes: Nodes;
}

/**
 * Has one server, and hosts by it, serve all tests of a file.
 *
 * @param hosts their destinations, or more
 * @param settings further lines of the server's configuration
 * @param options.jetStream whether it keeps streams
 */
export function openSite<Hosts extends (string | NodeSettings)[]>(
  hosts: [...Hosts],
  settings = '',
  options: { jetStream?: boolean } = {},
): Site<{ [Each in keyof Hosts]: TestNode }> {
  const nodes = hosts.map(() => ({}) as TestNode) as { [Each in keyof Hosts]: TestNode };
  const site = { nodes } as Site<typeof nodes>;
  let network: TestNetwork;

  beforeAll(async () => {
    site.server = await startServer(settings, options);
    network = createNetwork(site.server.url, hosts);
    site.directory = network.directory;
    for (const [i, node] of network.nodes.entries()) Object.assign(nodes[i] as TestNode, node);
  });

  afterAll(async () => {
    network[Symbol.dispose]();
    await site.server[Symbol.asyncDispose]();
  });
  return site;
}

/** Adds a wiretap that hears everything from before the first test on. */
export function withWiretap<Plain extends Site>(plain: Plain): Plain & { wiretap: Wiretap } {
  const site = plain as Plain & { wiretap: Wiretap };
  beforeAll(async () => {
    site.wiretap = await Wiretap.open(site.server.url);
  });
  afterAll(() => site.wiretap.close());
  return site;
}

/** Adds a raw connection, a new one for each test. */
export function withClient<Plain extends Site>(plain: Plain): Plain & { client: NatsConnection } {
  const site = plain as Plain & { client: NatsConnection };
  beforeEach(async () => {
    site.client = await connectRaw(site.server.url);
  });
  afterEach(() => site.client.close());
  return site;
}
