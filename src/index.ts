// The library's public API.

export type { Config, Identity, Peer, TlsFiles } from './config/config.ts';
export { ConfigError, type ConfigErrorCode } from './config/errors.ts';
export { DEFAULT_CONFIG_FILE, type LoadOptions, loadConfig, parseConfig } from './config/load.ts';
export type { Verbs } from './protocol/verb.ts';
export type { Refusal, Refused } from './signal/acceptance.ts';
export type { Clock } from './signal/clock.ts';
export type { DurableReceiver } from './signal/durable.ts';
export type { DurableMessage, Failure } from './signal/durable-message.ts';
export type { ConsumeOptions } from './signal/durable-plan.ts';
export { UsageError, type UsageErrorCode } from './signal/errors.ts';
export type { Failures, SetAside } from './signal/failures.ts';
export type { History, HistoryEntry, HistoryOptions, Verdict } from './signal/history.ts';
export { type ConnectOptions, connect, type Node } from './signal/node.ts';
export type { Notice, OnNotice } from './signal/notice.ts';
export type { Receiver } from './signal/receive.ts';
export type { ReceivedMessage, ReceiveOptions } from './signal/receive-plan.ts';
export type { Reply, Request } from './signal/request.ts';
export type { SendOptions } from './signal/send.ts';
export { StateError, type StateErrorCode } from './signal/state-error.ts';
export { TransportError, type TransportErrorCode } from './transport/errors.ts';
export type {
  Delivered,
  DurableReader,
  DurableSettings,
  ReadFrom,
  ReadMessage,
  Store,
  Stored,
  StreamFacts,
  StreamReader,
  StreamSettings,
} from './transport/store.ts';
