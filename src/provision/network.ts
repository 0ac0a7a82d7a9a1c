// Everything that a new network needs, as texts: nothing is written here.

import { randomBytes } from 'node:crypto';
import { createKeyPair } from '../config/example.ts';
import { formatIdentity, formatNode, formatPeer } from '../config/format.ts';
import type { NetworkPlan } from './plan.ts';
import { formatServer, serverFileName } from './server-config.ts';
import { createNetworkKeys, formatSeed, issueCredentials, issueServerTokens } from './tokens.ts';

/** The directory of the keys that go to no host. */
export const KEYS_DIRECTORY = 'keys';

/** Where in it the seed is that signs the tokens of nodes. */
export const ACCOUNT_SEED_FILE = `${KEYS_DIRECTORY}/account.seed`;

const CLUSTER_PASSWORD_BYTES = 24;

/** What a file of a network is. */
export type NetworkFileKind = 'server' | 'config' | 'credentials' | 'key';

/** A file of a network. */
export interface NetworkFile {
  /** relative to the network's directory */
  path: string;
  kind: NetworkFileKind;
  /** whose it is, of a configuration or credentials */
  node?: string;
  text: string;
}

/** The names of a node's two files. */
export function nodeFiles(node: string): { config: string; credentials: string } {
  return { config: `${node}.conf`, credentials: `${node}.creds` };
}

/**
 * Makes the files of a network.
 *
 * @param plan what it is to be
 * @param directory absolute path of where they will be
 * @param signal gives up when aborted, with its reason
 */
export async function createNetworkFiles(
  plan: NetworkPlan,
  directory: string,
  signal: AbortSignal | undefined,
): Promise<NetworkFile[]> {
  const { nodes, servers, brokers, verbs, subject } = plan;
  const keys = createNetworkKeys();
  const tokens = await issueServerTokens(keys);
  const clusterPassword = randomBytes(CLUSTER_PASSWORD_BYTES).toString('hex');
  const texts = { directory, tokens, brokers, clusterPassword };
  const files: NetworkFile[] = brokers.map((_, i) => ({
    path: serverFileName(i, brokers.length),
    kind: 'server',
    text: formatServer(texts, i),
  }));

  const members = nodes.map((node) => ({ node, pair: createKeyPair() }));
  const peers = members.map(({ node, pair }) => ({ node, line: formatPeer(node, pair.publicKey, verbs) }));
  for (const { node, pair } of members) {
    signal?.throwIfAborted();
    const names = nodeFiles(node);
    const text = formatNode({
      servers,
      credentials: names.credentials,
      subject,
      destination: node,
      identity: formatIdentity(pair, verbs),
      peers: peers.filter((peer) => peer.node !== node).map(({ line }) => line),
    });
    files.push({ path: names.config, kind: 'config', node, text });
    const credentials = await issueCredentials(node, keys.account, subject);
    files.push({ path: names.credentials, kind: 'credentials', node, text: credentials });
  }
  for (const name of ['operator', 'system', 'account'] as const) {
    files.push({ path: `${KEYS_DIRECTORY}/${name}.seed`, kind: 'key', text: formatSeed(keys[name]) });
  }
  return files;
}
