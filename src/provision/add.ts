// Adds a node to a network's directory. Everything is decided and written under other names first, in a directory that
// also keeps out a second one that would add at the same time; then each file is renamed into its place.

import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { createKeyPair } from '../config/example.ts';
import { formatIdentity, formatNode, formatPeer } from '../config/format.ts';
import { insertPeer } from '../config/insert-peer.ts';
import { toProvisionError, writeNew } from './directory.ts';
import { ProvisionError } from './errors.ts';
import { agreeOn, commonGrants, type Network, readNetwork } from './members.ts';
import { type NetworkFile, nodeFiles } from './network.ts';
import { assertNode, assertSubject, checkVerbs } from './plan.ts';
import { issueCredentials } from './tokens.ts';

const STAGING = '.remaphore-add';
const OWNER_ONLY = 0o700;
const OWNER_READS = 0o600;

/** A file with its permissions. */
interface StagedFile extends NetworkFile {
  mode: number;
}

/** What came of adding a node. */
export interface Added {
  /** its two files */
  created: readonly StagedFile[];
  /** the configurations of the others, which trust it now */
  changed: readonly StagedFile[];
  verbs: readonly string[];
  /** addresses that it uses, as the others do */
  servers: readonly string[];
}

/**
 * Adds a node: its keys, credentials and configuration, and a line for it in the configuration of each other.
 *
 * @param node its destination
 * @param directory absolute path of a directory that `init` made
 * @param verbs what it may use; default: what the others may, who must agree then
 * @param signal gives up when aborted, having changed nothing
 * @throws ProvisionError or ConfigError, having changed nothing; the signal's reason when it is aborted
 */
export async function addNode(
  node: string,
  directory: string,
  verbs: readonly string[] | undefined,
  signal: AbortSignal | undefined,
): Promise<Added> {
  assertNode(node);
  const wanted = verbs && checkVerbs(verbs);
  // Read once to see whether it is such a directory at all, and once more when nobody else adds to it.
  await readNetwork(directory);
  const staging = join(directory, STAGING);
  makeStaging(staging, directory);
  try {
    const added = await planNode(node, await readNetwork(directory), wanted);
    // The node's own configuration comes last: as long as it is not there, the node is not.
    const files = [...added.changed, ...added.created];
    for (const { path, text, mode } of files) {
      signal?.throwIfAborted();
      await writeNew(join(staging, path), text, mode);
    }
    signal?.throwIfAborted();
    for (const { path } of files) renameSync(join(staging, path), join(directory, path));
    return added;
  } catch (error) {
    signal?.throwIfAborted();
    throw toProvisionError(error, join(directory, nodeFiles(node).config));
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

function makeStaging(staging: string, directory: string): void {
  try {
    mkdirSync(staging, OWNER_ONLY);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw toProvisionError(error, staging);
    throw new ProvisionError(
      'directory',
      `${directory}: another remaphore init --add is at work there`,
      `if none is, one was killed: rm -r ${staging}`,
      { cause: error },
    );
  }
}

async function planNode(node: string, network: Network, wanted: readonly string[] | undefined): Promise<Added> {
  const { directory, members, account } = network;
  const names = nodeFiles(node);
  const isKnown = members.some(({ config }) => [config, ...config.peers].some((each) => each.destination === node));
  if (isKnown || existsSync(join(directory, names.config)) || existsSync(join(directory, names.credentials))) {
    throw new ProvisionError('node', `node ${node} is in ${directory} already`);
  }
  const subject = agreeOn(members, 'subject', (config) => config.subject, String, 'say the same in all of them');
  assertSubject(subject);
  const servers = agreeOn(
    members,
    'server',
    (config) => config.servers,
    (value) => value.join(', '),
    'say the same in all of them',
  );
  const verbs =
    wanted ??
    agreeOn(
      members,
      'verbs',
      (config) => [...config.defaultIdentity.verbs].sort(),
      (value) => `[${value.join(', ')}]`,
      'say which with --verbs',
    );

  const pair = createKeyPair();
  const config = formatNode({
    servers,
    credentials: names.credentials,
    subject,
    destination: node,
    identity: formatIdentity(pair, verbs),
    peers: members.map((member) =>
      formatPeer(member.config.destination, member.config.defaultIdentity.publicKey, commonGrants(member, members)),
    ),
  });
  const peer = formatPeer(node, pair.publicKey, verbs);
  return {
    created: [
      {
        path: names.credentials,
        kind: 'credentials',
        node,
        text: await issueCredentials(node, account, subject),
        mode: OWNER_READS,
      },
      { path: names.config, kind: 'config', node, text: config, mode: OWNER_READS },
    ],
    changed: members.map(({ file, text, mode, config: { destination } }) => ({
      path: basename(file),
      kind: 'config',
      node: destination,
      text: insertPeer(text, peer),
      mode,
    })),
    verbs,
    servers,
  };
}
