// What may be asked for. A node's name becomes the name of files and a word in configurations, shells and tokens, so
// less is allowed than in a configuration.

import { EXPECTED_SERVER, findServerFault } from '../config/server.ts';
import { isVerbList } from '../config/verbs.ts';
import { DEFAULT_SUBJECT, REPLY_VERB } from '../protocol/constants.ts';
import { findSubjectFault } from '../protocol/subject.ts';
import { normalizeVerb } from '../protocol/verb.ts';
import { type BrokerAddress, planBrokers } from './brokers.ts';
import { ProvisionError } from './errors.ts';

/** Where the server listens when nothing else is said. */
export const DEFAULT_SERVER = 'nats://127.0.0.1:4222';

/** The longest name of a file (NAME_MAX) less that of the longest extension, `.creds`. */
const MAX_NODE_LENGTH = 255 - '.creds'.length;

/** What a network is to be made of. */
export interface NetworkRequest {
  /** destinations of the nodes */
  nodes: readonly string[];
  /** addresses of the servers; default: one on this machine */
  servers?: readonly string[] | undefined;
  /** what every node may use; `*`: any verb */
  verbs: readonly string[];
  subject?: string | undefined;
}

/** A request in which everything is as it should be. */
export interface NetworkPlan {
  nodes: readonly string[];
  servers: readonly string[];
  brokers: readonly BrokerAddress[];
  verbs: readonly string[];
  subject: string;
}

/**
 * Checks what was asked for.
 *
 * @throws ProvisionError 'node', 'server', 'verbs' or 'subject', saying which is wrong and what was expected
 */
export function planNetwork(request: NetworkRequest): NetworkPlan {
  const { nodes, subject = DEFAULT_SUBJECT } = request;
  if (nodes.length === 0) throw new ProvisionError('node', 'no nodes: expected names like com.example.left');
  nodes.forEach((node, i) => {
    assertNode(node);
    const namesake = nodes.slice(0, i).find((other) => isNamesake(other, node));
    if (namesake === node) throw new ProvisionError('node', `node ${node} is given twice`);
    if (namesake !== undefined) throw namesakes(namesake, node);
  });
  const servers = (request.servers?.length ? request.servers : [DEFAULT_SERVER])
    .flatMap((text) => text.split(','))
    .map((server) => server.trim());
  for (const server of servers) assertServer(server);
  assertSubject(subject);
  return { nodes, servers, brokers: planBrokers(servers), verbs: checkVerbs(request.verbs), subject };
}

/** Whether the files of two nodes are the same on a disk that does not tell upper case from lower. */
export function isNamesake(node: string, other: string): boolean {
  return node.toLowerCase() === other.toLowerCase();
}

/** What is wrong with two such nodes. */
export function namesakes(node: string, other: string): ProvisionError {
  return new ProvisionError(
    'node',
    `nodes ${node} and ${other} differ in case only: on some disks their files would be the same`,
  );
}

/**
 * @param node a node's destination
 * @throws ProvisionError 'node'
 */
export function assertNode(node: string): void {
  const fail = (reason: string): never => {
    const shown = node.length > 80 ? `of ${node.length} characters` : JSON.stringify(node);
    throw new ProvisionError('node', `node ${shown}: ${reason}`);
  };
  if (node.includes('*')) fail('a node is named without *; only patterns to send to have one');
  if (!/^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$/.test(node)) {
    fail('expected letters, digits, _ and - in parts separated by dots, like com.example.left');
  }
  if (node.length > MAX_NODE_LENGTH) fail(`its files could not be named; expected ${MAX_NODE_LENGTH} at most`);
  if (/^nats-server(-\d+)?$/i.test(node)) fail('its configuration would have the name of the server’s');
}

/**
 * @returns the verbs as they are configured, in lower case
 * @throws ProvisionError 'verbs'
 */
export function checkVerbs(verbs: readonly string[]): string[] {
  if (verbs.length === 0 || !isVerbList(verbs) || verbs.some((verb) => verb.includes('#'))) {
    throw new ProvisionError('verbs', 'verbs: expected names separated by commas, like ping,deploy, or *');
  }
  const checked = verbs.map(normalizeVerb);
  if (checked.includes(REPLY_VERB))
    throw new ProvisionError('verbs', 'verbs: reply is the verb of replies, and reserved');
  if (checked.length > 1 && checked.includes('*')) {
    throw new ProvisionError('verbs', 'verbs: * is every verb: expected * alone, or names like ping,deploy');
  }
  return [...new Set(checked)];
}

function assertServer(server: string): void {
  // A configuration may leave the scheme out; here a word that was meant otherwise would be taken for a host.
  const fault = findServerFault(server) ?? (/^(nats|tls):/i.test(server) ? undefined : EXPECTED_SERVER);
  if (fault === undefined) return;
  const shown = server.includes('@') ? '' : ` ${JSON.stringify(server)}`;
  throw new ProvisionError('server', `server${shown}: ${fault}`);
}

/** @throws ProvisionError 'subject' */
export function assertSubject(subject: string): void {
  const fail = (reason: string): never => {
    throw new ProvisionError('subject', `subject ${JSON.stringify(subject)}: ${reason}`);
  };
  const fault = findSubjectFault(subject);
  if (fault !== undefined) fail(fault);
  if (!/^[!-~]+$/.test(subject) || subject.includes('#')) fail('expected ASCII characters without #');
  // Who may use all below it could ask the server for anything, and read what others are answered.
  if (/^(\$|_INBOX(\.|$))/.test(subject))
    fail('names that begin with $ or _INBOX belong to the server and its clients');
}
