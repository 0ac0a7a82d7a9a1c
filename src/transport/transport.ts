import type { Store } from './store.ts';

/** What arrived on a subject. */
export interface Delivery {
  data: Uint8Array;
  /** the server's word (status 503) that nobody was subscribed to the subject of a message published with this reply-to */
  noResponders: boolean;
}

/** What a subscription calls; neither may throw. */
export interface SubscriptionHandlers {
  /** called in order of arrival */
  onDelivery(delivery: Delivery): void;
  /** called when the transport ends while the subscription is open: with the error, or undefined after `close` */
  onEnd(error: Error | undefined): void;
}

/** A subscription that lasts until it is closed, across reconnects. */
export interface Subscription {
  /** Ends it: no handler is called any more. */
  close(): void;
}

/** See `Transport.publish`. */
export interface PublishOptions {
  replyTo?: string | undefined;
  traceTo?: string | undefined;
  onAttempt?: (() => void) | undefined;
  signal?: AbortSignal | undefined;
}

/** What a server says of itself. */
export interface ServerFacts {
  /** `host:port` of the server that this is a connection to */
  address: string;
  version: string;
  /** whether the connection is encrypted */
  tls: boolean;
  /** whether it has JetStream, which says nothing of an account */
  jetStream: boolean;
  /** whether it follows `PublishOptions.traceTo` */
  canTrace: boolean;
}

/** How bytes travel: publish and subscribe by subject, with the server's confirmation of each. */
export interface Transport {
  /** whether there is a connection now */
  readonly connected: boolean;
  /** aborted when the connection has ended for good: its reason is the TransportError that ended it, or says that it was closed */
  readonly ended: AbortSignal;
  /** the largest message that the server takes, in bytes */
  readonly maxPayloadBytes: number;
  /** undefined while there is no connection */
  readonly server: ServerFacts | undefined;

  /**
   * Publishes and waits until the server has taken it; if the connection is lost before, it is published again once it is
   * back.
   *
   * @param data the bytes, or what gives them for each attempt; a TransportError that it throws ends the attempts
   * @param options.replyTo where the server is to report that nobody is subscribed
   * @param options.traceTo a subject: the server reports there, as JSON, what it would do with the message, and delivers
   *   it to nobody. To one that does not trace it is a message as any other: see `ServerFacts.canTrace`.
   * @param options.onAttempt called before each time the bytes go out
   * @param options.signal gives up when aborted
   * @throws TransportError 'not-permitted' or 'closed'; the signal's reason when it is aborted
   */
  publish(subject: string, data: Uint8Array | (() => Uint8Array), options?: PublishOptions): Promise<void>;

  /** Subscribes; `confirm` tells when the server has taken it. */
  subscribe(subject: string, handlers: SubscriptionHandlers): Subscription;

  /**
   * Waits until the server has taken everything asked of it so far, subscriptions above all.
   *
   * @throws TransportError 'not-permitted' or 'closed'; the signal's reason when it is aborted
   */
  confirm(signal?: AbortSignal): Promise<void>;

  /**
   * Opens what the broker keeps; its calls go over this connection.
   *
   * @throws TransportError 'no-store' when it keeps no streams for this account, 'not-permitted' or 'closed'; the
   *   signal's reason when it is aborted
   */
  openStore(signal?: AbortSignal): Promise<Store>;

  /** Ends the connection. */
  close(): Promise<void>;
}

/** What a transport tells about its connection while it lasts. */
export interface TransportEvents {
  /** no server could be reached at first, and why; the attempts go on */
  onUnreachable?(reasons: string): void;
  /** @param reason the server's own word, if it gave one */
  onDisconnect?(reason: string | undefined): void;
  onReconnect?(): void;
}
