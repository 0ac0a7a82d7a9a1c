import type { Fail } from './faults.ts';
import type { RawValue } from './raw.ts';

/** The length of a label in a host's name at most (RFC 1035 §2.3.4). */
const MAX_LABEL = 63;

const ADDRESS_ADVICE = 'write the address of a NATS server, like nats://host:4222';

/** The addresses of all lines, in their order; a line may hold several, separated by commas. */
export function checkServers(values: readonly RawValue[], fail: Fail): string[] {
  const servers = values.flatMap(({ text, where }) =>
    text
      .split(',')
      .map((server) => server.trim())
      .filter((server) => server !== '')
      .filter((server) => isServer(server, (message, advice) => fail('value', where, message, advice))),
  );
  if (servers.length === 0 && values.every(({ text }) => /^[\s,]*$/.test(text))) {
    const message = 'no server: expected a line `server: nats://host:4222`';
    fail('missing', undefined, message, 'say which NATS server all hosts use');
  }
  return servers;
}

/** Whether it is an address; if not, it has been said. */
function isServer(server: string, fail: (message: string, advice: string) => undefined): boolean {
  const expected = 'server: expected an address like nats://host:4222 or tls://host:4222';
  const authority = /^(?:(nats|tls):\/\/)?([^/?#]+)\/?$/i.exec(server)?.[2];
  if (authority === undefined) return fail(expected, ADDRESS_ADVICE) ?? false;
  // The address is not repeated: there may be a password in it.
  if (authority.includes('@')) {
    const message = 'server: a user in the address is not supported; use a credentials file';
    return fail(message, 'write the address alone, and name a credentials file with `credentials:`') ?? false;
  }
  const isHost = /^(\[[0-9a-f:.]+\]|[^\s:@[\]]+)(:\d{1,5})?$/i.test(authority);
  if (!isHost || !isPort(authority) || hasLongLabel(authority)) return fail(expected, ADDRESS_ADVICE) ?? false;
  return true;
}

function hasLongLabel(authority: string): boolean {
  return authority.split(/[.:]/).some((label) => label.length > MAX_LABEL);
}

function isPort(authority: string): boolean {
  const port = /:(\d+)$/.exec(authority)?.[1];
  return port === undefined || authority.endsWith(']') || (Number(port) > 0 && Number(port) <= 65535);
}
