// What a node needs that is added to a network: nothing is written here.

import { existsSync, lstatSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { createKeyPair } from '../config/example.ts';
import { formatIdentity, formatNode, formatPeer } from '../config/format.ts';
import { insertPeer } from '../config/insert-peer.ts';
import { ProvisionError } from './errors.ts';
import { agreeOn, commonGrants, type Member, type Network } from './members.ts';
import { type NetworkFile, nodeFiles } from './network.ts';
import { assertSubject, isNamesake, namesakes } from './plan.ts';
import { issueCredentials } from './tokens.ts';

const OWNER_READS = 0o600;

/** A file with its permissions. */
export interface StagedFile extends NetworkFile {
  mode: number;
  /** whether it is so already */
  isThere: boolean;
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
  /** whether a part of it was there before */
  isFinished: boolean;
}

/**
 * What is missing of a node that has its configuration, and so its key.
 *
 * @param own the node
 * @param wanted what it is to be allowed; undefined: what it is
 * @param isResumed whether nothing may be missing
 * @throws ProvisionError
 */
export async function planRest(
  own: Member,
  { directory, members, account }: Network,
  wanted: readonly string[] | undefined,
  isResumed: boolean,
): Promise<Added> {
  const { destination: node, servers, subject, credentials, defaultIdentity } = own.config;
  const { publicKey, verbs } = defaultIdentity;
  const names = nodeFiles(node);
  const changed = changeOthers(
    members.filter((member) => member !== own),
    formatPeer(node, publicKey, verbs),
    publicKey,
  );
  const path = join(directory, names.credentials);
  // It may use others, or none.
  const isOther = credentials === undefined || resolve(directory, credentials) !== path;
  const hasCredentials = isOther || existsSync(path);
  if (!isResumed && hasCredentials && changed.every(({ isThere }) => isThere)) {
    throw new ProvisionError('node', `node ${node} is in ${directory} already`);
  }
  if (wanted !== undefined && String([...wanted].sort()) !== String([...verbs].sort())) {
    throw new ProvisionError(
      'verbs',
      `node ${node} is in ${directory} in part, with the verbs [${verbs.join(', ')}]`,
      'add it without --verbs to finish that',
    );
  }
  assertSubject(subject);
  const created: StagedFile[] = [
    { path: names.config, kind: 'config', node, text: own.text, mode: own.mode, isThere: true },
    {
      path: names.credentials,
      kind: 'credentials',
      node,
      text: hasCredentials ? '' : await issueCredentials(node, account, subject),
      mode: OWNER_READS,
      isThere: hasCredentials,
    },
  ];
  return { created, changed, verbs, servers, isFinished: true };
}

/**
 * The configurations of others with a line for a node.
 *
 * @param publicKey the node's
 * @throws ProvisionError 'files' when one is no file of its own
 */
function changeOthers(others: readonly Member[], peer: string, publicKey: string): StagedFile[] {
  return others.map(({ file, text, mode, config: { destination, peers } }) => {
    const isThere = peers.some((each) => each.publicKey === publicKey);
    if (!isThere && lstatSync(file).isSymbolicLink()) {
      throw new ProvisionError(
        'files',
        `${file} is a link, which would be replaced by a file`,
        'put the file itself there while the node is added',
      );
    }
    return { path: basename(file), kind: 'config', node: destination, text: insertPeer(text, peer), mode, isThere };
  });
}

/** @throws ProvisionError 'node' when there is anything of the node already */
function assertUnknown(node: string, { directory, members }: Network): void {
  const names = nodeFiles(node);
  const namesake = members.find(({ config }) => isNamesake(config.destination, node))?.config.destination;
  if (namesake !== undefined && namesake !== node) throw namesakes(namesake, node);
  if (namesake || existsSync(join(directory, names.config)) || existsSync(join(directory, names.credentials))) {
    throw new ProvisionError('node', `node ${node} is in ${directory} already`);
  }
  const trusting = members.find(({ config }) => config.peers.some(({ destination }) => destination === node));
  if (trusting !== undefined) {
    throw new ProvisionError(
      'node',
      `${trusting.file} trusts a ${node} already, and there is no ${names.config}`,
      'bring that back to where it was, or remove the line',
    );
  }
}

/**
 * Everything for a new node.
 *
 * @param wanted what it may use; undefined: what the others may
 * @throws ProvisionError
 */
export async function planAddition(
  node: string,
  network: Network,
  wanted: readonly string[] | undefined,
): Promise<Added> {
  assertUnknown(node, network);
  const { members, account } = network;
  const names = nodeFiles(node);
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
  const created: StagedFile[] = [
    { path: names.config, kind: 'config', node, text: config, mode: OWNER_READS, isThere: false },
    {
      path: names.credentials,
      kind: 'credentials',
      node,
      text: await issueCredentials(node, account, subject),
      mode: OWNER_READS,
      isThere: false,
    },
  ];
  const changed = changeOthers(members, formatPeer(node, pair.publicKey, verbs), pair.publicKey);
  return { created, changed, verbs, servers, isFinished: false };
}
