import type { errors, NatsConnection } from 'nats';

/** A refused publish or subscription, as the client library tells of it. */
export type Violation = InstanceType<typeof errors.PermissionViolationError>;

/** What a store uses of the connection that it is opened on. */
export interface StoreConnection {
  readonly nats: NatsConnection;
  /** whether there is a connection now */
  readonly connected: boolean;
  /** @throws TransportError when the connection has ended for good */
  throwIfEnded(): void;
  /** Has a function called whenever the connection is lost, back or over; returns what ends that. */
  onChange(listener: () => void): () => void;
  /** Has a function called when the server does not permit a call of a store; returns what ends that. */
  onViolation(listener: (violation: Violation) => void): () => void;
}
