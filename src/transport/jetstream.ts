import type { JetStreamClient, JetStreamManager } from '@nats-io/jetstream';
import type { StoreConnection } from './store-connection.ts';

/** The client library's two sides of a broker's streams, on one connection. */
export interface JetStream {
  connection: StoreConnection;
  client: JetStreamClient;
  manager: JetStreamManager;
}
