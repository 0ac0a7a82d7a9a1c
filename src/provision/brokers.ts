// Where each server listens. Servers that are not one cluster would not pass on each other's messages, so several are
// always made one.

import { isIP } from 'node:net';
import { parseServer } from '../config/server.ts';
import { ProvisionError } from './errors.ts';

/** A server listens for the others of its cluster on its clients' port and this. */
const CLUSTER_PORT_OFFSET = 2000;

const MAX_PORT = 65535;

/** A server of the network, and where it listens. */
export interface BrokerAddress {
  /** as in the address; one of IPv6 without brackets */
  host: string;
  port: number;
  /** for the other servers; undefined when there is no other */
  clusterPort: number | undefined;
  /** the address to listen on */
  listen: string;
  /** whether only this machine reaches it */
  loopback: boolean;
  tls: boolean;
}

/**
 * What the servers' addresses mean for the servers.
 *
 * @param servers good addresses
 * @throws ProvisionError 'server' when one cannot be reached by it, or two of them would collide
 */
export function planBrokers(servers: readonly string[]): BrokerAddress[] {
  const several = servers.length > 1;
  const addresses = servers.map(parseServer);
  // A node that wants TLS of one server wants it of all.
  const tls = addresses.some((address) => address.tls);
  const brokers = addresses.map(({ host, port }) => {
    if (/^(0\.0\.0\.0|[0:]+)$/.test(host)) {
      fail(`${host}: is no address to reach a server by`, 'name the one that the nodes use; the server listens on all');
    }
    const clusterPort = several ? port + CLUSTER_PORT_OFFSET : undefined;
    if (clusterPort !== undefined && clusterPort > MAX_PORT) {
      fail(`port ${port} is too high: servers of a cluster also use the port ${CLUSTER_PORT_OFFSET} above`);
    }
    return { host, port, clusterPort, listen: chooseListen(host), loopback: isLoopback(host), tls };
  });
  assertApart(brokers);
  return brokers;
}

function chooseListen(host: string): string {
  if (isLoopback(host)) return host;
  return isIP(host) === 6 ? '::' : '0.0.0.0';
}

/** Whether only this machine reaches a host of that name or address. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

function assertApart(brokers: readonly BrokerAddress[]): void {
  if (new Set(brokers.map(({ loopback }) => loopback)).size > 1) {
    fail(
      'servers on this machine only and servers elsewhere cannot reach each other',
      'name all as the nodes reach them',
    );
  }
  const taken = new Set<string>();
  for (const { host, port, clusterPort, loopback } of brokers) {
    for (const used of clusterPort === undefined ? [port] : [port, clusterPort]) {
      const place = `${loopback ? 'this machine' : host}:${used}`;
      if (taken.has(place)) fail(`two servers would use port ${used} of ${loopback ? 'this machine' : host}`);
      taken.add(place);
    }
  }
}

function fail(message: string, hint?: string): never {
  throw new ProvisionError('server', `server: ${message}`, hint);
}
