// A plain NATS client, for seeing what the program puts on the wire and for sending what the program never would.

import { connect, errors, type NatsConnection } from 'nats';

/** A client without credentials that ends with the test. */
export async function connectRaw(url: string): Promise<NatsConnection> {
  return connect({ servers: url, maxReconnectAttempts: -1, reconnectTimeWait: 50 });
}

/** Waits until somebody is subscribed to a subject: until then the server says that there is no responder. */
export async function untilSubscribed(client: NatsConnection, subject: string): Promise<void> {
  for (;;) {
    try {
      await client.request(subject, '', { timeout: 200 });
      return;
    } catch (error) {
      if (error instanceof errors.TimeoutError) return;
      // No responders, or no connection just now.
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}
