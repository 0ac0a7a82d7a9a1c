import { describe, expect, it } from 'vitest';
import { planBrokers } from '../../src/provision/brokers.ts';

describe('a server', () => {
  it.each([
    ['nats://127.0.0.1:4333', '127.0.0.1', 4333],
    ['127.8.8.8', '127.8.8.8', 4222],
    ['nats://localhost', 'localhost', 4222],
    ['nats://[::1]:1', '::1', 1],
    ['nats://broker.example.com:4333', '0.0.0.0', 4333],
    ['192.0.2.1', '0.0.0.0', 4222],
    ['nats://[2001:db8::1]', '::', 4222],
    ['nats://127.example.com', '0.0.0.0', 4222],
  ])('of the address %s listens on %s, port %i', (server, listen, port) => {
    expect(planBrokers([server])).toMatchObject([{ listen, port, clusterPort: undefined }]);
  });

  it('is one of a cluster, 2,000 ports above, when there is another', () => {
    const brokers = planBrokers(['nats://a', 'nats://b:4333']);
    expect(brokers.map(({ clusterPort }) => clusterPort)).toEqual([6222, 6333]);
  });

  it('has TLS when any of them has, since hosts want it of all then', () => {
    expect(planBrokers(['nats://a', 'tls://b']).map(({ tls }) => tls)).toEqual([true, true]);
    expect(planBrokers(['nats://a', 'b']).map(({ tls }) => tls)).toEqual([false, false]);
  });
});
