import { setMaxListeners } from 'node:events';
import { NO_DATA } from '../protocol/constants.ts';
import { decodeArgument } from '../script/argument.ts';
import { buildEnvironment } from '../script/environment.ts';
import type { ScriptResult } from '../script/run.ts';
import type { ReceivedMessage } from '../signal/receive-plan.ts';
import { TransportError } from '../transport/errors.ts';
import type { CommandContext, Interrupt } from './context.ts';
import { ExitCode } from './exit-code.ts';
import { type Incoming, isDurable } from './incoming.ts';
import type { ReceiveCommandOptions } from './options.ts';

const NEWLINE = 0x0a;

/** Deals with messages as they come, several at once if so asked. */
export class Listener {
  /** messages dealt with, or being so */
  received = 0;
  /** of the last script that ended */
  lastExitCode: number = ExitCode.ok;
  readonly #options: ReceiveCommandOptions;
  readonly #context: CommandContext;
  readonly #interrupt: Interrupt;
  readonly #stop: AbortSignal;
  readonly #ended: AbortSignal;
  readonly #status: () => string;
  /** ends the scripts when the listener itself cannot go on */
  readonly #failure = new AbortController();
  readonly #stopScripts: AbortSignal;
  readonly #running = new Set<Promise<void>>();
  readonly #senders = new Set<string>();
  #onSlotFree = () => {};

  /**
   * @param signals.stop aborted when it is to end
   * @param signals.ended aborted, with the error, when nothing can come any more, which a listener that is busy would not notice
   * @param status the line that says what is waited for
   */
  constructor(
    options: ReceiveCommandOptions,
    context: CommandContext,
    interrupt: Interrupt,
    { stop, ended }: { stop: AbortSignal; ended: AbortSignal },
    status: () => string,
  ) {
    this.#ended = ended;
    this.#status = status;
    this.#options = options;
    this.#context = context;
    this.#interrupt = interrupt;
    this.#stop = stop;
    this.#stopScripts = AbortSignal.any([stop, this.#failure.signal]);
    // Each running script listens; the default limit is there to find leaks.
    setMaxListeners(0, this.#stopScripts);
  }

  /** the hosts that messages came from */
  get senders(): string[] {
    return [...this.#senders];
  }

  /** Returns when it is told to stop, or after as many messages as were asked for; scripts have ended then. */
  async listen(receiver: Incoming): Promise<void> {
    const { count = Number.POSITIVE_INFINITY, distinct, jobs } = this.#options;
    const messages = receiver[Symbol.asyncIterator]();
    // While there is room for more, nothing else would end the wait for the next message.
    this.#failure.signal.addEventListener('abort', () => void messages.return?.());
    const onEnded = () => this.#failure.abort(this.#ended.reason);
    this.#ended.addEventListener('abort', onEnded);
    try {
      for await (const message of receiver) {
        if (this.#stop.aborted) {
          if (isDurable(message)) await message.giveBack();
          else this.#reportWaiting(1 + receiver.waiting);
          break;
        }
        if (distinct && this.#senders.has(message.senderDestination)) continue;
        this.received++;
        this.#senders.add(message.senderDestination);
        const work = this.#conclude(message).catch((error: unknown) => this.#failure.abort(error));
        this.#running.add(work);
        void work.then(() => {
          this.#running.delete(work);
          if (this.#running.size === 0 && this.received < count) this.#context.output.status(this.#status);
          this.#onSlotFree();
        });
        if (this.received >= count) break;
        if (this.#running.size >= jobs) await this.#slotFree();
        this.#failure.signal.throwIfAborted();
      }
    } catch (error) {
      this.#failure.abort(error);
    }
    // Who waits for nothing more does not need the connection.
    this.#ended.removeEventListener('abort', onEnded);
    await Promise.all(this.#running);
    this.#failure.signal.throwIfAborted();
  }

  /** Resolves when a script ends. A race of those running would burden the longest of them with every other's end. */
  #slotFree(): Promise<void> {
    return new Promise((resolve) => {
      this.#onSlotFree = resolve;
    });
  }

  #reportWaiting(count: number): void {
    this.#context.output.warning(`${count} accepted ${count === 1 ? 'message was' : 'messages were'} still waiting`);
  }

  /** Deals with one message; one that is durable comes again unless it ended well. */
  async #conclude(message: ReceivedMessage): Promise<void> {
    if (!isDurable(message)) {
      await this.#deal(message);
      return;
    }
    const { concludeDurable } = await import('./conclude-durable.ts');
    await concludeDurable(message, () => this.#deal(message), this.#options, this.#context.output, this.#stopScripts);
  }

  /** @returns what its script ended with, or 0 */
  async #deal(message: ReceivedMessage): Promise<number> {
    if (this.#options.script.length > 0) return this.#run(message);
    if (this.#context.output.json) await this.#record(message);
    else await this.#print(message.payload);
    if (message.wantsReply) await this.#reply(message, 0, NO_DATA);
    return ExitCode.ok;
  }

  async #print(payload: Uint8Array): Promise<void> {
    if (payload.length === 0) return;
    const isLine = payload.at(-1) === NEWLINE;
    const line = isLine ? payload : Buffer.concat([payload, Buffer.from('\n')]);
    await this.#context.output.data(line, this.#stopScripts);
  }

  async #record(message: ReceivedMessage, exitCode?: number): Promise<void> {
    const { toMessageRecord } = await import('./records.ts');
    await this.#context.output.record(toMessageRecord(message, exitCode), this.#stopScripts);
  }

  async #run(message: ReceivedMessage): Promise<number> {
    const { output } = this.#context;
    // What it prints may go to the same terminal.
    output.status(undefined);
    const result = await this.#runScript(message);
    this.lastExitCode = result.exitCode;
    if (result.fault !== undefined) output.warning(result.fault);
    if (message.wantsReply) await this.#answer(message, result);
    if (output.json) await this.#record(message, result.exitCode);
    return result.exitCode;
  }

  async #answer(message: ReceivedMessage, result: ScriptResult): Promise<void> {
    const { output } = this.#context;
    if (result.output.cut) {
      output.warning(`the script's output is cut: ${result.output.totalBytes} bytes are more than a reply carries`);
    }
    const { bytes } = result.output;
    const fault = result.fault === undefined ? '' : `${bytes.length > 0 ? '\n' : ''}remaphore: ${result.fault}`;
    await this.#reply(message, result.exitCode, Buffer.concat([bytes, Buffer.from(fault)]));
  }

  async #runScript(message: ReceivedMessage): Promise<ScriptResult> {
    const { script, stdin } = this.#options;
    const { CANNOT_EXECUTE, runScript } = await import('../script/run.ts');
    const [command = '', ...args] = script;
    const argument = stdin ? undefined : decodeArgument(message.payload);
    if (argument && 'fault' in argument) {
      const fault = `${argument.fault}; --stdin gives it on standard input`;
      return { exitCode: CANNOT_EXECUTE, output: { bytes: Buffer.alloc(0), totalBytes: 0, cut: false }, fault };
    }
    return runScript({
      command,
      args: [...args, message.verb, ...(argument ? [argument.text] : [])],
      env: buildEnvironment(this.#context.env, message, argument?.text),
      stdin: stdin ? message.payload : undefined,
      captureBytes: message.wantsReply ? message.maxOutputBytes : undefined,
      stop: this.#stopScripts,
      hurry: this.#interrupt.again,
    });
  }

  async #reply(message: ReceivedMessage, exitCode: number, text: string | Uint8Array): Promise<void> {
    try {
      await message.reply(exitCode, text);
    } catch (error) {
      if (error instanceof TransportError && error.code === 'not-permitted') throw error;
      const reason = error instanceof Error ? error.message : String(error);
      this.#context.output.warning(`the reply to ${message.senderDestination} could not be sent: ${reason}`);
    }
  }
}
