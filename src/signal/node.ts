import type { Config, TlsFiles } from '../config/config.ts';
import { readTextFile } from '../config/file.ts';
import { hashMessage } from '../protocol/message.ts';
import { type Credentials, parseCredentials } from '../transport/credentials.ts';
import { connectNats } from '../transport/nats.ts';
import type { Store } from '../transport/store.ts';
import type { Transport } from '../transport/transport.ts';
import { type Clock, createSystemClock } from './clock.ts';
import type { DurableReceiver } from './durable.ts';
import type { ConsumeOptions } from './durable-plan.ts';
import type { Failures, FailuresSource, SetAside } from './failures.ts';
import type { History, HistoryOptions } from './history.ts';
import type { Keeper } from './keep.ts';
import type { OnNotice } from './notice.ts';
import { Receiver } from './receive.ts';
import { planReceive, type ReceiveOptions } from './receive-plan.ts';
import { Request } from './request.ts';
import { planRequest } from './request-plan.ts';
import { assertFits, encodePlan, planSend, repeatable, type SendOptions, type SendPlan } from './send.ts';

const NS_PER_MS = 1_000_000n;

/** How to connect. */
export interface ConnectOptions {
  /** gives up connecting when aborted; afterwards it has no effect */
  signal?: AbortSignal | undefined;
  /** milliseconds that connecting may take, shared evenly among the servers; default: 5 s each, again and again */
  withinMs?: number | undefined;
  /** told when the connection is lost or back, and of whatever is dropped; default: not told */
  onNotice?: OnNotice | undefined;
  /** default: this machine's */
  clock?: Clock | undefined;
}

/**
 * Connects a node to the first of its servers that answers, trying them in turn until one does.
 *
 * @throws TransportError 'unreachable' when aborted before, 'refused' at once when a server refuses the credentials,
 *   'credentials' for a damaged credentials file; ConfigError 'unreadable' for a file that
 *   the configuration names and cannot be read
 */
export async function connect(config: Config, options: ConnectOptions = {}): Promise<Node> {
  const { onNotice = () => {}, clock = createSystemClock(), signal, withinMs } = options;
  const transport = await connectNats(
    { servers: config.servers, ...(await readAccess(config)), withinMs },
    {
      onUnreachable: (reasons) => onNotice({ kind: 'connection', text: `no server yet, trying on: ${reasons}` }),
      onDisconnect: (reason) => {
        const text = `connection to the server lost${reason === undefined ? '' : ` (${reason})`}, reconnecting`;
        onNotice({ kind: 'connection', text });
      },
      onReconnect: () => onNotice({ kind: 'connection', text: 'connected to a server again' }),
    },
    signal,
  );
  return new Node(config, transport, clock, onNotice);
}

/** What a node shows to a server, and what it wants to see. */
export interface Access {
  credentials: Credentials | undefined;
  /** the files' contents */
  tls: TlsFiles;
}

/**
 * Reads the files that a configuration names.
 *
 * @throws TransportError 'credentials' for a damaged credentials file; ConfigError 'unreadable'
 */
export async function readAccess({ credentials: path, tls }: Config): Promise<Access> {
  const credentials = path === undefined ? undefined : parseCredentials(await readTextFile(path), path);
  return { credentials, tls: await readTlsFiles(tls) };
}

/** The files' contents under the same names. */
async function readTlsFiles(files: TlsFiles): Promise<TlsFiles> {
  const contents: TlsFiles = {};
  for (const name of ['ca', 'cert', 'key'] as const) {
    const path = files[name];
    if (path !== undefined) contents[name] = await readTextFile(path);
  }
  return contents;
}

/** A node that is connected: it sends, receives and asks. */
export class Node {
  readonly #config: Config;
  readonly #transport: Transport;
  readonly #clock: Clock;
  readonly #onNotice: OnNotice;
  #keeper: Keeper | undefined;

  constructor(config: Config, transport: Transport, clock: Clock, onNotice: OnNotice) {
    this.#config = config;
    this.#transport = transport;
    this.#clock = clock;
    this.#onNotice = onNotice;
  }

  /** whether there is a connection now */
  get connected(): boolean {
    return this.#transport.connected;
  }

  /** aborted when the connection has ended for good: by its reason, a TransportError, or by `close` */
  get ended(): AbortSignal {
    return this.#transport.ended;
  }

  /**
   * Sends one message; resolves when the server has it. If the connection breaks before, the same bytes are sent
   * again, which receivers take for the one message that it is. With `keep` it resolves when it is kept for certain.
   *
   * @throws UsageError when it cannot be sent as put, TransportError when the server does not take it, or the connection was
   *   lost for longer than the allowed skew before it had; the signal's reason when aborted; with `keep` TransportError 'no-stream' when there is no stream that keeps the channel,
   *   'no-store' when the broker keeps none
   */
  async send(options: SendOptions = {}): Promise<void> {
    const plan = planSend(this.#config, options);
    if (options.keep) return this.#sendToKeep(plan, options.signal);
    // Signed before, it could be too old when the connection is back.
    if (!this.#transport.connected) await this.#transport.confirm(options.signal);
    const bytes = encodePlan(plan, this.#clock.nextTimeNs(), false);
    assertFits(bytes, plan.payload, this.#transport.maxPayloadBytes);
    await this.#transport.publish(plan.subject, repeatable(bytes, this.#config), { signal: options.signal });
  }

  async #sendToKeep(plan: SendPlan, signal: AbortSignal | undefined): Promise<void> {
    const { Keeper } = await import('./keep.ts');
    this.#keeper ??= new Keeper(this.#config, this.#transport);
    const maxBytes = await this.#keeper.prepare(plan.channel, signal);
    // Signed only now: the stream may have had to be found first.
    const timeNs = this.#clock.nextTimeNs();
    const bytes = encodePlan(plan, timeNs, false);
    assertFits(bytes, plan.payload, maxBytes);
    const storedMs = await this.#keeper.keep(plan.subject, plan.channel, bytes, hashMessage(bytes), signal);
    const lateMs = storedMs - Number(timeNs / NS_PER_MS);
    if (lateMs <= this.#config.allowSkewMs) return;
    const late = `${(lateMs / 1000).toFixed(1)} s after it was signed`;
    const text = `the message is kept, but was stored ${late}: durable listeners that do not allow for so much ignore it`;
    this.#onNotice({ kind: 'loss', text });
  }

  /**
   * Waits for messages that pass every check.
   *
   * @returns messages to be taken with `for await`, which ends when `signal` is aborted or the node is closed and
   *   throws TransportError when the connection ends for good
   * @throws UsageError when nothing could match
   */
  receive(options: ReceiveOptions = {}): Receiver {
    const plan = planReceive(this.#config, options);
    return new Receiver(this.#config, plan, this.#transport, this.#clock, this.#onNotice, options);
  }

  /**
   * Deals with messages at least once each, across restarts of this program, of its host and of the broker: what the
   * stream that `remaphore history create` makes holds comes again until somebody has said that it is done.
   *
   * @returns once what comes is not missed any more: messages to be taken with `for await`, each to be given one of its
   *   ends; it ends when `signal` is aborted or the node is closed, and throws TransportError when the connection ends
   *   for good or the stream is gone
   * @throws UsageError 'option' for a name that cannot be one, or when nothing could match; TransportError 'no-stream' when
   *   there is no such stream, or it does not keep the channel, 'no-store' when the broker keeps none, 'not-permitted' or
   *   'closed'; the signal's reason when it is aborted before
   */
  async consume(options: ConsumeOptions): Promise<DurableReceiver> {
    const [{ DurableReceiver }, { planConsume }] = await Promise.all([
      import('./durable.ts'),
      import('./durable-plan.ts'),
    ]);
    const plan = planConsume(this.#config, options);
    const [config, transport, clock, onNotice] = [this.#config, this.#transport, this.#clock, this.#onNotice];
    return DurableReceiver.open({ config, plan, transport, clock, onNotice }, options);
  }

  /**
   * Sends one message and collects the replies to it.
   *
   * @returns replies to be taken with `for await`, which ends when every known responder has answered, when nobody
   *   listens, when `signal` is aborted or the node is closed, and throws TransportError when the connection ends
   * @throws UsageError when it cannot be sent as put, or when no peer's destination matches
   */
  request(options: SendOptions = {}): Request {
    const plan = planRequest(this.#config, options);
    return new Request(this.#config, plan, this.#transport, this.#clock, this.#onNotice, options.signal);
  }

  /**
   * Opens the streams of the broker.
   *
   * @throws TransportError 'no-store' when it keeps none for this account, 'not-permitted', 'closed'; the signal's
   *   reason when aborted
   */
  async store(signal?: AbortSignal): Promise<Store> {
    return this.#transport.openStore(signal);
  }

  /**
   * Reads what was sent, from the stream that `remaphore history create` makes; nothing is acted on.
   *
   * @returns once the reading has begun: entries to be taken with `for await`, which ends behind the last one, or with
   *   `follow` when `signal` is aborted or the node is closed
   * @throws UsageError 'option' for a value that no message can have; TransportError 'no-stream' when there is no such
   *   stream, or it does not keep a channel, 'no-store' when the broker keeps none, 'not-permitted' or 'closed'
   */
  async history(options: HistoryOptions = {}): Promise<History> {
    const [{ History }, { findHistory }] = await Promise.all([import('./history.ts'), import('./history-stream.ts')]);
    const store = await this.#transport.openStore(options.signal);
    let stream = await findHistory(store, this.#config, undefined, options.signal);
    for (const channel of options.channels ?? []) {
      stream = await findHistory(store, this.#config, channel, options.signal);
    }
    return History.open(this.#config, options, stream, this.#clock);
  }

  /**
   * What durable listeners have set aside, of all that is still kept.
   *
   * @throws TransportError as `history`
   */
  async failures(signal?: AbortSignal): Promise<Failures> {
    const [{ readFailures }, source] = await Promise.all([import('./failures.ts'), this.#failuresSource(signal)]);
    const found = await readFailures(source, undefined, signal);
    source.losses.finish();
    return found;
  }

  /**
   * Has a message that was set aside run again by the listeners that it was for: by one that is there now, or the next.
   *
   * @param id as it is named in `failures`
   * @param options.publicKey base58: the identity to ask as; default the configuration's, if it may use the message's verb,
   *   else the first that may
   * @returns what it was set aside as
   * @throws UsageError 'option' when nothing of that name is set aside, 'identity' when none may use its verb;
   *   TransportError as `history`
   */
  async retry(
    id: string,
    { publicKey, signal }: { publicKey?: string | undefined; signal?: AbortSignal | undefined } = {},
  ): Promise<SetAside> {
    const [{ retryFailure }, source] = await Promise.all([import('./retry-failure.ts'), this.#failuresSource(signal)]);
    return retryFailure({ ...source, clock: this.#clock }, id, publicKey, signal);
  }

  async #failuresSource(signal: AbortSignal | undefined): Promise<FailuresSource> {
    const [{ findHistory }, { LossCounter }] = await Promise.all([
      import('./history-stream.ts'),
      import('./loss-counter.ts'),
    ]);
    const store = await this.#transport.openStore(signal);
    const history = await findHistory(store, this.#config, undefined, signal);
    return { config: this.#config, store, history, losses: new LossCounter(this.#onNotice) };
  }

  /** Ends the connection, and with it every iteration. */
  async close(): Promise<void> {
    await this.#transport.close();
  }
}
