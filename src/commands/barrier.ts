import { Barrier } from '../coordination/barrier.ts';
import { BARRIER_VERB } from '../protocol/constants.ts';
import { planSend } from '../signal/send.ts';
import { TransportError } from '../transport/errors.ts';
import { type Command, connectOptions, openConfig } from './context.ts';
import { Deadline } from './deadline.ts';
import { ExitCode } from './exit-code.ts';
import type { BarrierCommandOptions } from './options.ts';
import { runSession } from './session.ts';
import { barrierStatus } from './waiting.ts';

/** Waits until as many different hosts have arrived. */
export const runBarrier: Command<BarrierCommandOptions> = async (options, context) => {
  const { output, clock } = context;
  const { name, parties, timeoutMs } = options;
  const config = await openConfig(options.config, output);
  const { identity, verb } = planSend(config, { verb: options.verb ?? BARRIER_VERB, publicKey: options.publicKey });
  return runSession(config, timeoutMs, context, async ({ node, stop, interrupt }) => {
    const { onNotice = () => {} } = connectOptions(context, new Deadline(0), stop);
    let barrier: Barrier | undefined;
    try {
      const store = await node.store(stop);
      barrier = new Barrier({ config, store, clock, onNotice, name, verb, identity, parties });
      output.status(barrierStatus(barrier, parties, timeoutMs));
      const round = await barrier.pass(stop, () => interrupt.signal.aborted);
      output.status(undefined);
      if (round === undefined) {
        const missing = barrier.missing.length > 0 ? `; not there: ${barrier.missing.join(', ')}` : '';
        const text = `barrier ${name}: ${barrier.arrived.length} of ${parties - 1} others arrived in time${missing}`;
        output.error(text, undefined, { code: 'not-complete', exit_code: ExitCode.nothing });
        return ExitCode.nothing;
      }
      if (output.json) await output.record({ type: 'barrier', name, round: round.seq, parties: round.parties });
      return ExitCode.ok;
    } catch (error) {
      if (!stop.aborted || error instanceof TransportError) throw error;
      const left = barrier?.hasArrived ? '; this host still counts as arrived' : '';
      const text = `not connected to a server when the time ran out${left}`;
      throw new TransportError('unreachable', text, { cause: error });
    }
  });
};
