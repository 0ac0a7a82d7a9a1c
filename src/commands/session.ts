import type { Config } from '../config/config.ts';
import { connect, type Node } from '../signal/node.ts';
import { TransportError } from '../transport/errors.ts';
import { type CommandContext, connectOptions, type Interrupt } from './context.ts';
import { Deadline } from './deadline.ts';
import { ExitCode } from './exit-code.ts';

/** What a command has while it is connected. */
export interface Session {
  node: Node;
  /** aborted when the time has run out, or by the interrupt */
  stop: AbortSignal;
  interrupt: Interrupt;
  /** From now on it may take as long as it takes. */
  takeTime(): void;
}

/**
 * Connects and works; the time and the system's signals count from the start.
 *
 * @param timeoutMs 0 or undefined: no limit
 * @param work returns the exit code
 * @returns the exit code: 128+n when a signal ended it, whatever else came of it
 * @throws as `connect` and `work`, unless a signal came; TransportError 'unreachable' when the time ran out in `work`
 */
export async function runSession(
  config: Config,
  timeoutMs: number | undefined,
  context: CommandContext,
  work: (session: Session) => Promise<number>,
): Promise<number> {
  const interrupt = context.catchSignals();
  const deadline = new Deadline(timeoutMs);
  const stop = AbortSignal.any([deadline.signal, interrupt.signal]);
  try {
    // The process ends the connection with itself: what the server has confirmed needs no farewell.
    const node = await connect(config, connectOptions(context, deadline, stop));
    const exitCode = await work({ node, stop, interrupt, takeTime: () => deadline.dispose() });
    return interrupt.signal.aborted ? toExitCode(interrupt) : exitCode;
  } catch (error) {
    if (interrupt.signal.aborted) return toExitCode(interrupt);
    // What waits for an answer of the server's gives up so when the time has run out.
    if (error === stop.reason) {
      throw new TransportError('unreachable', 'the server did not answer in time', { cause: error });
    }
    throw error;
  } finally {
    deadline.dispose();
  }
}

function toExitCode(interrupt: Interrupt): number {
  return ExitCode.signal + (interrupt.signal.reason as number);
}
