// https://docs.nats.io/running-a-nats-service/configuration

import { join } from 'node:path';
import type { BrokerAddress } from './brokers.ts';
import type { ServerTokens } from './tokens.ts';

/** The servers' name for themselves in the routes' handshake. */
const CLUSTER_NAME = 'remaphore';

/** What a server's configuration says. */
export interface ServerTexts {
  /** absolute path of the directory of the configuration */
  directory: string;
  tokens: ServerTokens;
  /** every server of the network */
  brokers: readonly BrokerAddress[];
  /** what servers of the network know each other by */
  clusterPassword: string;
}

/** The name of a server's configuration, of how many there are. */
export function serverFileName(index: number, count: number): string {
  return `${serverName(index, count)}.conf`;
}

/** Whether a file is the configuration of a server. */
export function isServerFile(name: string): boolean {
  return /^nats-server(-\d+)?\.conf$/.test(name);
}

/** Files that somebody has to put there before a server with TLS starts; absolute paths. */
export function tlsFiles(directory: string, index: number, count: number): { cert: string; key: string; ca: string } {
  const path = (what: string) => join(directory, `${serverName(index, count)}-${what}.pem`);
  return { cert: path('cert'), key: path('key'), ca: path('ca') };
}

/** The configuration of one server of the network. */
export function formatServer(texts: ServerTexts, index: number): string {
  const { directory, tokens, brokers } = texts;
  const broker = brokers[index] as BrokerAddress;
  const count = brokers.length;
  const accounts = [...tokens.accounts].map(([key, token]) => `  ${key}: ${token}`);
  return `# nats-server's configuration for remaphore. Whoever has the credentials of a node is let in.

server_name: ${quote(`remaphore-${index + 1}`)}
listen: ${quote(formatAuthority(broker.listen, broker.port))}

# What this server trusts. It learns of no node by name: a node that is added later needs no change here.
operator: ${tokens.operator}
system_account: ${tokens.systemAccount}
resolver: MEMORY
resolver_preload: {
${accounts.join('\n')}
}

# Another directory if this file moves to another machine.
jetstream {
  store_dir: ${quote(join(directory, count > 1 ? `jetstream-${index + 1}` : 'jetstream'))}
}
${broker.tls ? formatTls(directory, index, count) : ''}${count > 1 ? formatCluster(texts, index) : ''}`;
}

function formatTls(directory: string, index: number, count: number): string {
  const { cert, key } = tlsFiles(directory, index, count);
  return `
# The server's own certificate, which names its host, with those between it and its authority; and its private key.
tls {
  cert_file: ${quote(cert)}
  key_file: ${quote(key)}
}
`;
}

function formatCluster({ directory, brokers, clusterPassword }: ServerTexts, index: number): string {
  const { clusterPort = 0, listen, tls } = brokers[index] as BrokerAddress;
  const login = `${CLUSTER_NAME}:${clusterPassword}`;
  const routes = brokers
    .filter((_, other) => other !== index)
    .map((other) => `    ${quote(`nats-route://${login}@${formatAuthority(other.host, other.clusterPort ?? 0)}`)}`);
  const { cert, key, ca } = tlsFiles(directory, index, brokers.length);
  const tlsBlock = `  # Each server shows its certificate to the others, which must be by this authority, for servers and for clients.
  tls {
    cert_file: ${quote(cert)}
    key_file: ${quote(key)}
    ca_file: ${quote(ca)}
  }
`;
  return `
# The servers pass on each other's messages. Nobody but them need reach this port.
cluster {
  name: ${CLUSTER_NAME}
  listen: ${quote(formatAuthority(listen, clusterPort))}
  authorization { user: ${CLUSTER_NAME}, password: ${quote(clusterPassword)} }
  routes: [
${routes.join('\n')}
  ]
${tls ? tlsBlock : ''}}
`;
}

function serverName(index: number, count: number): string {
  return count > 1 ? `nats-server-${index + 1}` : 'nats-server';
}

function formatAuthority(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** A text in quotes, as the server reads it. */
function quote(text: string): string {
  const escaped = text
    .replace(/["\\]/g, '\\$&')
    .replaceAll('\n', '\\n')
    .replaceAll('\t', '\\t')
    .replaceAll('\r', '\\r');
  return `"${escaped}"`;
}
