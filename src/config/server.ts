/** The length of a label in a host's name at most (RFC 1035 §2.3.4). */
const MAX_LABEL = 63;

/** Where NATS servers listen when an address does not say. */
const DEFAULT_PORT = 4222;

/** What an address looks like. */
export const EXPECTED_SERVER = 'expected an address like nats://host:4222 or tls://host:4222';

/** The parts of a server's address. */
export interface ServerAddress {
  /** whether the address insists on TLS */
  tls: boolean;
  /** a name or an address; one of IPv6 without its brackets */
  host: string;
  port: number;
}

/**
 * What is wrong with a server's address, if anything. The address is not repeated: there may be a password in it.
 *
 * @returns one clause, or undefined when the address is good
 */
export function findServerFault(server: string): string | undefined {
  const authority = matchServer(server)?.[2];
  if (authority === undefined) return EXPECTED_SERVER;
  if (authority.includes('@')) return 'a user in the address is not supported; use a credentials file';
  if (!/^(\[[0-9a-f:.]+\]|[^\s:@[\]]+)(:\d{1,5})?$/i.test(authority)) return EXPECTED_SERVER;
  return isPort(authority) && !hasLongLabel(authority) ? undefined : EXPECTED_SERVER;
}

/** The parts of an address that `findServerFault` finds nothing wrong with. */
export function parseServer(server: string): ServerAddress {
  const [, scheme = '', authority = ''] = matchServer(server) ?? [];
  const [, ipv6, name = '', port] = /^(?:\[(.*)\]|([^:]*))(?::(\d+))?$/.exec(authority) ?? [];
  return {
    tls: scheme.toLowerCase() === 'tls',
    host: (ipv6 ?? name).toLowerCase(),
    port: port === undefined ? DEFAULT_PORT : Number(port),
  };
}

function matchServer(server: string): RegExpExecArray | null {
  return /^(?:(nats|tls):\/\/)?([^/?#]+)\/?$/i.exec(server);
}

function hasLongLabel(authority: string): boolean {
  return authority.split(/[.:]/).some((label) => label.length > MAX_LABEL);
}

function isPort(authority: string): boolean {
  const port = /:(\d+)$/.exec(authority)?.[1];
  return port === undefined || authority.endsWith(']') || (Number(port) > 0 && Number(port) <= 65535);
}
