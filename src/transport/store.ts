/** A message as a stream holds it. */
export interface Stored {
  /** its place in the stream, counted from 1 */
  seq: number;
  /** when the stream took it by the broker's clock, Unix time in milliseconds */
  storedMs: number;
  subject: string;
  data: Uint8Array;
}

/** How a stream is made. */
export interface StreamSettings {
  /** letters, digits, - and _ */
  name: string;
  subjects: readonly string[];
  /** for people who look at the broker */
  description: string;
  /** how long messages are kept, in milliseconds; 0: for ever */
  maxAgeMs: number;
  /** how much is kept; -1: no limit */
  maxBytes: number;
  /** on how many brokers, 1 to 5 */
  replicas: number;
  /** whether nobody may delete or purge messages */
  appendOnly: boolean;
}

/** A stream that there is. */
export interface StreamFacts extends StreamSettings {
  /** of the first and the last message; 0 while there has been none */
  firstSeq: number;
  lastSeq: number;
  messages: number;
  bytes: number;
  /** when the first and the last were taken, Unix time in milliseconds; undefined while there are none */
  firstMs: number | undefined;
  lastMs: number | undefined;
}

/** Where to start reading. */
export type ReadFrom = { seq: number } | { storedMs: number };

/** Messages of a stream in order, across reconnections, each once: those there are, then new ones as they come. */
export interface StreamReader extends AsyncIterable<ReadMessage> {
  /**
   * How many messages were there to read when the reading began: 0 only if there was none. In a cluster it can be less
   * than the truth; that all have been read is told by the message with pending 0.
   */
  readonly pending: number;
  /** Ends the iteration. */
  close(): void;
}

/** See `Store.append`. */
export interface AppendOptions {
  stream: string;
  id?: string | undefined;
  findEarlier?: (() => Promise<number | undefined>) | undefined;
  signal?: AbortSignal | undefined;
}

/** A message that is read, and how many more there were behind it at that moment: 0 only if there was none. */
export interface ReadMessage extends Stored {
  pending: number;
}

/** What a durable consumer delivers. */
export interface Delivered extends Stored {
  /** which delivery of this message it is, counted from 1 */
  attempt: number;
  /**
   * It has been dealt with; resolves when the broker knows, or has forgotten that it delivered it and will do so again.
   * Both can be said after the reading has ended.
   */
  done(signal?: AbortSignal): Promise<void>;
  /** It is to be delivered again after this many milliseconds; resolves when the broker knows. */
  again(delayMs: number, signal?: AbortSignal): Promise<void>;
  /** It is still being dealt with: says so often enough that it is not delivered again meanwhile, until called. */
  keep(): () => void;
}

/** How a durable consumer is made; several clients of one name share its messages. */
export interface DurableSettings {
  /** letters, digits, - and _ */
  name: string;
  subject: string;
  /** what counts as its first message when it is made; undefined: what comes from then on */
  from: ReadFrom | undefined;
  /** how long a message may be with a client that says nothing of it, in milliseconds; what it was made with counts */
  ackWaitMs: number;
}

/** Messages of a durable consumer as they come, across reconnections. */
export interface DurableReader extends AsyncIterable<Delivered> {
  /**
   * The next message. One at a time is asked for, and only while somebody waits for it here: others may have it instead.
   *
   * @param signal stops asking when aborted; what was on its way then is delivered again, to whoever asks
   * @returns undefined when the signal is aborted or the reader closed
   * @throws as the store; the reason of the signal that the reader was made with when that is aborted
   */
  next(signal?: AbortSignal): Promise<Delivered | undefined>;
  /** Ends the iteration; the consumer stays. */
  close(): void;
}

/**
 * The streams of a broker. While there is no connection, or no broker that leads a stream, every call waits for one
 * until its signal is aborted.
 *
 * Each throws TransportError 'not-permitted' or 'closed', 'no-stream' when it is about a stream (or a consumer) that
 * there is not, 'store-failed' with the server's words, or the signal's reason when it is aborted. The connection
 * outlives them all.
 */
export interface Store {
  /** A stream's settings and state; undefined when there is none of that name. */
  info(stream: string, signal?: AbortSignal): Promise<StreamFacts | undefined>;
  /**
   * Makes a stream, or finds the one that was made just like it.
   *
   * @throws TransportError 'conflict' when there is another of that name, or one that holds some of the subjects;
   *   'too-few-brokers' when there cannot be as many replicas
   */
  create(settings: StreamSettings, signal?: AbortSignal): Promise<StreamFacts>;
  /** Changes a stream. An append-only one stays so. */
  update(settings: StreamSettings, signal?: AbortSignal): Promise<StreamFacts>;
  /** Deletes a stream with all that it holds; whether there was one. */
  remove(stream: string, signal?: AbortSignal): Promise<boolean>;
  /**
   * Publishes and waits until a stream has stored it, on as many brokers as its replicas need.
   *
   * An uncertain answer is asked for again. Without an id, the stream may then hold it twice.
   *
   * @param options.id with the same id again within two minutes it is not stored again, by a broker that knows of the
   *   first: one that has only just taken over may not yet
   * @param options.findEarlier asked before it is published again after an uncertain answer: where it is, if it was stored
   * @returns its sequence number; whether it was there already under this id
   */
  append(subject: string, data: Uint8Array, options: AppendOptions): Promise<{ seq: number; duplicate: boolean }>;
  /** One message; undefined when the stream has none there. */
  get(stream: string, seq: number, signal?: AbortSignal): Promise<Stored | undefined>;
  /** Begins to read a stream's messages on one subject, or on all with undefined. */
  read(stream: string, subject: string | undefined, from: ReadFrom, signal?: AbortSignal): Promise<StreamReader>;
  /** Makes or joins a durable consumer. */
  consume(stream: string, settings: DurableSettings, signal?: AbortSignal): Promise<DurableReader>;
  /** The names of a stream's durable consumers. */
  consumers(stream: string, signal?: AbortSignal): Promise<string[]>;
}
