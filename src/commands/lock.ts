import type { Config, Identity } from '../config/config.ts';
import { Lock } from '../coordination/lock.ts';
import type { SlotClaim } from '../coordination/slot-claim.ts';
import { LOCK_VERB } from '../protocol/constants.ts';
import { connect, type Node } from '../signal/node.ts';
import { planSend } from '../signal/send.ts';
import { TransportError } from '../transport/errors.ts';
import { type Command, type CommandContext, connectOptions, type Interrupt, openConfig } from './context.ts';
import { Deadline } from './deadline.ts';
import { ExitCode } from './exit-code.ts';
import { formatMs } from './format-time.ts';
import { runHolding } from './lock-holding.ts';
import type { LockCommandOptions, LockRunOptions } from './options.ts';
import { lockStatus } from './waiting.ts';

/** How long to look for the broker with --try. */
const TRY_MS = 5000;
/** How long to try to give the slot back, or the place in the queue. */
const RELEASE_MS = 5000;

/** Waits for a slot, runs the command, and gives the slot back; or shows who holds what. */
export const runLock: Command<LockCommandOptions> = async (options, context) => {
  if (options.act === 'list') return (await import('./lock-list.ts')).runLockList(options, context);
  const config = await openConfig(options.config, context.output);
  const { identity, verb } = planSend(config, { verb: options.verb ?? LOCK_VERB, publicKey: options.publicKey });
  const interrupt = context.catchSignals();
  const deadline = new Deadline(options.isTry ? TRY_MS : options.timeoutMs);
  const run = new LockRun(options, context, config, interrupt);
  try {
    const exitCode = await run.obtain(identity, verb, deadline);
    deadline.dispose();
    return exitCode ?? (await run.hold());
  } finally {
    deadline.dispose();
  }
};

/** One run of the command. */
class LockRun {
  readonly #options: LockRunOptions;
  readonly #context: CommandContext;
  readonly #config: Config;
  readonly #interrupt: Interrupt;
  #node: Node | undefined;
  #claim: SlotClaim | undefined;

  constructor(options: LockRunOptions, context: CommandContext, config: Config, interrupt: Interrupt) {
    this.#options = options;
    this.#context = context;
    this.#config = config;
    this.#interrupt = interrupt;
  }

  /** Waits for a slot; undefined when it is held, else the exit code. */
  async obtain(identity: Identity, verb: string, deadline: Deadline): Promise<number | undefined> {
    const { name, slots, ttlMs, isTry, timeoutMs } = this.#options;
    const { output, clock } = this.#context;
    const { signal: interrupted } = this.#interrupt;
    const stop = AbortSignal.any([deadline.signal, interrupted]);
    const { onNotice, ...connecting } = connectOptions(this.#context, deadline, stop);
    try {
      this.#node = await connect(this.#config, { ...connecting, onNotice });
      const store = await this.#node.store(stop);
      const settings = { config: this.#config, store, clock, onNotice: onNotice ?? (() => {}), name, verb };
      const lock = await Lock.open({ ...settings, signal: stop });
      this.#claim = lock.claim({ identity, slots, ttlMs });
      output.status(lockStatus(lock, this.#claim, timeoutMs));
      await this.#claim.begin(stop);
      if (isTry && !this.#claim.isHeld) {
        await this.#giveBack();
        return this.#fail(
          `lock ${name} is held by ${lock
            .holders()
            .map(({ party }) => party)
            .join(', ')}`,
        );
      }
      await this.#claim.obtain(stop);
    } catch (error) {
      if (!stop.aborted) throw error;
      await this.#giveBack();
      if (interrupted.aborted) return ExitCode.signal + (interrupted.reason as number);
      if (!this.#node?.connected || this.#claim === undefined) throw unreachable(error);
      return this.#fail(`lock ${name} was not obtained in ${formatMs(timeoutMs ?? TRY_MS)}`);
    } finally {
      output.status(undefined);
    }
    if (!interrupted.aborted) return undefined;
    await this.#giveBack();
    return ExitCode.signal + (interrupted.reason as number);
  }

  /** Runs the command; its exit code. */
  async hold(): Promise<number> {
    const exitCode = await runHolding(this.#claim as SlotClaim, this.#options, this.#context);
    await this.#giveBack();
    return exitCode;
  }

  async #giveBack(): Promise<void> {
    const { name, ttlMs } = this.#options;
    const claim = this.#claim;
    if (claim === undefined) return;
    // Of one that is lost, or a place in a queue that cannot be reached, others do not wait for longer than they would.
    const isConnected = this.#node?.connected === true;
    if (!isConnected && (claim.lost.aborted || !claim.isHeld)) return claim.abandon();
    if (await claim.release(RELEASE_MS)) return;
    if (claim.lost.aborted) return;
    this.#context.output.warning(
      `lock ${name}: the broker has not confirmed that it was given back; it is free in ${formatMs(ttlMs)} at most`,
    );
  }

  #fail(text: string): number {
    const { conflictExitCode } = this.#options;
    this.#context.output.error(text, undefined, { code: 'not-obtained', exit_code: conflictExitCode });
    return conflictExitCode;
  }
}

function unreachable(cause: unknown): TransportError {
  if (cause instanceof TransportError) return cause;
  return new TransportError('unreachable', 'not connected to a server when the time ran out', { cause });
}
