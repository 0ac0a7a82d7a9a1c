// Where everything is measured: one server in operator mode, since hosts in the field have credentials, and hosts that
// know each other by it.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createNetwork, type NodeSettings, type TestNetwork, type TestNode } from '../test/helpers/network.ts';
import { createTestOperator } from '../test/helpers/operator.ts';
import { RawPublisher } from '../test/helpers/raw-publisher.ts';
import { findFreePort, startServer, type TestServer } from '../test/helpers/server.ts';

/** Where messages go by default. */
export const SUBJECT = 'remaphore.all';

/** A server, and what it takes to use it. */
export interface Setting {
  server: TestServer;
  /** of the server's monitoring, such as http://127.0.0.1:8222 */
  monitorUrl: string;
  /** path of the credentials file of every host */
  credentials: string;
  /** the bench's own connection */
  publisher: RawPublisher;
  /** Writes configurations of hosts that know each other by the server; gone with the setting. */
  createHosts(...hosts: NodeSettings[]): TestNetwork['nodes'];
  /** The same for three hosts with nothing special about them. */
  createThreeHosts(): [TestNode, TestNode, TestNode];
  close(): Promise<void>;
}

export async function openSetting(): Promise<Setting> {
  const directory = mkdtempSync(join(tmpdir(), 'bench-'));
  const operator = await createTestOperator(directory);
  const { credentials } = await operator.createUser('host');
  const monitor = `127.0.0.1:${await findFreePort()}`;
  const server = await startServer(`${await operator.settings()}\nhttp: "${monitor}"`);
  const publisher = await RawPublisher.open(server.port, credentials);
  const networks: TestNetwork[] = [];
  const createHosts = (...hosts: NodeSettings[]) => {
    // What was signed beforehand must be in time whenever it is sent.
    const lines = `credentials: ${credentials}\nallow_skew: 24h`;
    const network = createNetwork(
      server.url,
      hosts.map((host) => ({ ...host, lines })),
    );
    networks.push(network);
    return network.nodes;
  };
  return {
    server,
    monitorUrl: `http://${monitor}`,
    credentials,
    publisher,
    createHosts,
    createThreeHosts() {
      const names = ['left', 'right', 'middle'];
      return createHosts(...names.map((name) => ({ destination: `com.bench.${name}` }))) as [
        TestNode,
        TestNode,
        TestNode,
      ];
    },
    async close() {
      publisher.close();
      for (const network of networks) network[Symbol.dispose]();
      await server[Symbol.asyncDispose]();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
