import type { Refusal, Refused } from '../signal/acceptance.ts';
import type { Node } from '../signal/node.ts';
import { planReceive, type ReceiveOptions } from '../signal/receive-plan.ts';
import { TransportError } from '../transport/errors.ts';
import { type Command, type Interrupt, type Output, openConfig } from './context.ts';
import { ExitCode } from './exit-code.ts';
import { formatMs } from './format-time.ts';
import type { Incoming } from './incoming.ts';
import { Listener } from './listener.ts';
import type { ReceiveCommandOptions } from './options.ts';
import { runSession } from './session.ts';
import { receiveStatus } from './waiting.ts';

/** Waits for messages, and prints them or runs a script for each. */
export const runReceive: Command<ReceiveCommandOptions> = async (options, context) => {
  const { output } = context;
  const config = await openConfig(options.config, output);
  const { destination, anyDestination, publicKey, uuid, verbs, channel, sinceMs, count = 1 } = options;
  const receiveOptions = { destination, anyDestination, publicKey, uuid, verbs, channel, sinceMs };
  const { filter } = planReceive(config, receiveOptions);
  if (options.durable !== undefined) {
    const { planConsume } = await import('../signal/durable-plan.ts');
    planConsume(config, { ...receiveOptions, name: options.durable, retries: options.retries });
  }
  const explainer = options.explain
    ? new (await import('./explain.ts')).Explainer(output, {
        skewMs: config.allowSkewMs,
        filter,
        ...(options.durable === undefined ? { sinceMs } : { isDurable: true }),
      })
    : undefined;
  const onRefused = explainer && ((_: Refusal, describe: () => Refused) => explainer.take(describe));
  // Not when the first message waits for it; and many a receiver has no script.
  if (options.script.length > 0) await import('../script/run.ts');

  return runSession(config, options.timeoutMs, context, async ({ node, stop, interrupt }) => {
    const came = () => (count > 1 ? `${listener.received} of ${count}` : undefined);
    const status = receiveStatus(uuid ?? verbs?.join(', ') ?? 'messages', options.timeoutMs, came);
    let isReady = false;
    const onReady = () => {
      isReady = true;
      output.notice('ready');
      output.status(status);
    };
    const receiver = await open(node, options, { ...receiveOptions, signal: stop, onRefused }, onReady);
    const listener = new Listener(options, context, interrupt, { stop, ended: node.ended }, status);
    const wasListening = whenAborted(stop, () => isReady && node.connected);
    await listener.listen(receiver);
    output.status(undefined);
    explainer?.finish();
    if (options.explain && listener.received > 0) await reportRefused(receiver, output);

    if (listener.received >= count) return options.exitStatus ? listener.lastExitCode : ExitCode.ok;
    if (!wasListening()) {
      throw new TransportError('unreachable', 'not connected to a server when the time ran out');
    }
    if (listener.received > 0) reportFew(listener, count, options, interrupt, output);
    else await reportNothing(receiver, options, interrupt, output);
    return ExitCode.nothing;
  });
};

/**
 * Begins to receive.
 *
 * @param onReady called when no message is missed any more
 * @throws the signal's reason when it is aborted before, with --durable
 */
async function open(
  node: Node,
  { durable, retries }: ReceiveCommandOptions,
  options: ReceiveOptions,
  onReady: () => void,
): Promise<Incoming> {
  if (durable === undefined) {
    const receiver = node.receive(options);
    // The iteration ends with the same error, or by the signal.
    receiver.ready.then(onReady, () => {});
    return receiver;
  }
  const receiver = await node.consume({ ...options, name: durable, retries });
  onReady();
  return receiver;
}

/** Says that nothing came, and what came that was not it. */
async function reportNothing(
  { refused }: Incoming,
  { timeoutMs = 0, explain }: ReceiveCommandOptions,
  interrupt: Interrupt,
  output: Output,
): Promise<void> {
  const time = describeTime(timeoutMs, interrupt);
  if (refused.size > 0) {
    const { summarizeRefused } = await import('./explanation.ts');
    const summary = `nothing matched ${time}; ignored: ${summarizeRefused(refused)}`;
    output.notice(explain ? summary : `${summary} (see --explain)`, { ignored: Object.fromEntries(refused) });
  } else if (!interrupt.signal.aborted) {
    output.notice(`nothing came ${time}`);
  }
}

/** Says how much came, beside what was accepted, that was not acted on. */
async function reportRefused({ refused }: Incoming, output: Output): Promise<void> {
  if (refused.size === 0) return;
  const { summarizeRefused } = await import('./explanation.ts');
  output.notice(`ignored in all: ${summarizeRefused(refused)}`, { ignored: Object.fromEntries(refused) });
}

/** Says how many came, and from whom, where more were waited for. */
function reportFew(
  { received, senders }: Listener,
  count: number,
  { timeoutMs = 0, distinct }: ReceiveCommandOptions,
  interrupt: Interrupt,
  output: Output,
): void {
  const from = distinct ? `, from ${senders.join(', ')}` : '';
  output.notice(`${received} of ${count} came ${describeTime(timeoutMs, interrupt)}${from}`, { received, count });
}

function describeTime(timeoutMs: number, interrupt: Interrupt): string {
  return interrupt.signal.aborted ? 'until interrupted' : `in ${formatMs(timeoutMs)}`;
}

/** What was the case when the signal was aborted. */
function whenAborted<T>(signal: AbortSignal, read: () => T): () => T | undefined {
  let value: T | undefined;
  signal.addEventListener('abort', () => {
    value = read();
  });
  return () => value;
}
