// Hosts that know each other: a directory with one configuration for each, all by the same server.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTestKeys, type TestKeys } from './forge.ts';

/** One host of a test's network. */
export interface TestNode {
  destination: string;
  keys: TestKeys;
  /** path of its configuration */
  config: string;
}

/** What a host's configuration says beyond the usual. */
export interface NodeSettings {
  destination: string;
  /** verbs of its identity and of the others' entry for it; default `*` */
  verbs?: string;
  /** further lines above the sections */
  lines?: string;
  /** further lines under [ Identities ] */
  identities?: string;
  /** further lines under [ Peers ] */
  peers?: string;
  /** addresses, in order; default the network's */
  servers?: string[];
}

/** A directory of configurations. */
export interface TestNetwork {
  directory: string;
  nodes: TestNode[];
  [Symbol.dispose](): void;
}

/**
 * Writes a configuration for each host, each with all hosts (itself too) as its peers.
 *
 * @param servers addresses, in order
 * @param hosts their destinations, or more
 */
export function createNetwork(servers: string | string[], hosts: (string | NodeSettings)[]): TestNetwork {
  const directory = mkdtempSync(join(tmpdir(), 'network-'));
  const settings = hosts.map((host) => (typeof host === 'string' ? { destination: host } : host));
  const nodes = settings.map(({ destination }, i) => ({
    destination,
    keys: createTestKeys(),
    config: join(directory, `node${i}.conf`),
  }));
  const peers = nodes.map(
    ({ destination, keys }, i) => `${destination} ${keys.publicKey} [${settings[i]?.verbs ?? '*'}]`,
  );
  for (const [i, node] of nodes.entries()) {
    const {
      verbs = '*',
      lines = '',
      identities = '',
      peers: more = '',
      servers: own = servers,
    } = settings[i] as NodeSettings;
    const text = [
      ...[own].flat().map((server) => `server: ${server}`),
      lines.includes('credentials:') ? '' : 'credentials: none',
      `destination: ${node.destination}`,
      lines,
      '[ Identities ]',
      `${node.keys.publicKey} ${node.keys.privateKey} [${verbs}]`,
      identities,
      '[ Peers ]',
      ...peers,
      more,
      '',
    ].join('\n');
    writeFileSync(node.config, text, { mode: 0o600 });
  }
  return {
    directory,
    nodes,
    [Symbol.dispose]() {
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
