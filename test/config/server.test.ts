import { describe, expect, it } from 'vitest';
import { findServerFault, parseServer } from '../../src/config/server.ts';

describe('the parts of a server’s address', () => {
  it.each([
    ['nats://a.b:4333', { tls: false, host: 'a.b', port: 4333 }],
    ['TLS://A.b/', { tls: true, host: 'a.b', port: 4222 }],
    ['a', { tls: false, host: 'a', port: 4222 }],
    ['10.0.0.1:1', { tls: false, host: '10.0.0.1', port: 1 }],
    ['nats://[::1]', { tls: false, host: '::1', port: 4222 }],
    ['[2001:db8::1]:5000', { tls: false, host: '2001:db8::1', port: 5000 }],
  ])('of %s', (server, expected) => {
    expect(findServerFault(server)).toBeUndefined();
    expect(parseServer(server)).toEqual(expected);
  });
});
