/** What arrived on a subject. */
export interface Delivery {
  data: Uint8Array;
  /** the server's word (status 503) that nobody was subscribed to the subject of a message published with this reply-to */
  noResponders: boolean;
}

/** A subscription that lasts until it is closed, across reconnects. */
export interface Subscription {
  /** Ends it; what arrives afterwards is not delivered. */
  close(): void;
}

/** How bytes travel: publish and subscribe by subject, with the server's confirmation of each. */
export interface Transport {
  /** whether there is a connection now */
  readonly connected: boolean;
  /** the largest message that the server takes, in bytes */
  readonly maxPayloadBytes: number;
  /** resolves when the transport has ended: with the error that ended it, or with undefined after `close` */
  readonly closed: Promise<Error | undefined>;

  /**
   * Publishes and waits until the server has taken it; if the connection is lost before, the same bytes are published
   * again once it is back.
   *
   * @param options.replyTo where the server is to report that nobody is subscribed
   * @param options.signal gives up when aborted
   * @throws TransportError 'not-permitted' or 'closed'; the signal's reason when it is aborted
   */
  publish(subject: string, data: Uint8Array, options?: { replyTo?: string; signal?: AbortSignal }): Promise<void>;

  /** Subscribes; `handler` is called in order of arrival and must not throw. */
  subscribe(subject: string, handler: (delivery: Delivery) => void): Subscription;

  /**
   * Waits until the server has taken everything asked of it so far, subscriptions above all.
   *
   * @throws TransportError 'not-permitted' or 'closed'; the signal's reason when it is aborted
   */
  confirm(signal?: AbortSignal): Promise<void>;

  /** Ends the connection. */
  close(): Promise<void>;
}

/** What a transport tells about its connection while it lasts. */
export interface TransportEvents {
  onDisconnect?(): void;
  onReconnect?(): void;
}
