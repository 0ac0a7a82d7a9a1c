// What happens while a slot is held: the command runs, and is gone before the slot can go to another.

import type { Loss, SlotClaim } from '../coordination/slot-claim.ts';
import { WrappedCommand } from '../script/command.ts';
import { Guard } from '../script/guard.ts';
import { monotonicMs } from '../signal/clock.ts';
import type { CommandContext } from './context.ts';
import { ExitCode } from './exit-code.ts';
import type { LockRunOptions } from './options.ts';

/** The environment variable that a command finds the fence in. */
const FENCE_VARIABLE = 'REMAPHORE_FENCE';

/** Between SIGTERM and SIGKILL at most, and the part of the ttl that it may be. */
const MAX_GRACE_MS = 5000;
const GRACE_PART = 3;
/** The guard comes this part of the ttl later than this process, which can say why. */
const GUARD_PART = 20;

const LOSSES: Record<Loss, string> = {
  'not-refreshed': 'the broker has not confirmed it for half its ttl',
  clock: 'this host’s clock is wrong, so that nobody takes its refreshes for valid',
  over: 'it is over by the broker’s clock',
  'no-stream': 'the stream cannot be read any more',
};

/** Runs the command while the claim is held; returns the exit code when it has ended with all that it has started. */
export async function runHolding(claim: SlotClaim, options: LockRunOptions, context: CommandContext): Promise<number> {
  const { output, env } = context;
  const { name, ttlMs, foreground } = options;
  const [command = '', ...args] = options.command;
  const graceMs = Math.min(MAX_GRACE_MS, ttlMs / GRACE_PART);
  const isLost = () => claim.lost.aborted || monotonicMs() >= claim.stopAtMs;
  const sayLost = (end: string) => {
    const why = LOSSES[(claim.lost.reason as Loss | undefined) ?? 'not-refreshed'] ?? String(claim.lost.reason);
    output.error(`lock ${name} is lost, ${end}: ${why}`, undefined, { code: 'lost', exit_code: ExitCode.broker });
    return ExitCode.broker;
  };
  if (isLost()) return sayLost('and the command was not started');

  const guard = new Guard((reason) => output.warning(`no guard for the command: ${reason}`));
  const renew = () => guard.renew(claim.stopAtMs - monotonicMs() + ttlMs / GUARD_PART, graceMs);
  renew();
  // A terminal gives these to a command in its own process group by itself.
  const isGiven = foreground && process.getBuiltinModule('node:tty').isatty(0);
  // From before the command is there: what comes until then is passed on behind it.
  const ignore = context.passSignals((signal) => {
    if (!isGiven || (signal !== 'SIGINT' && signal !== 'SIGQUIT')) run.signal(signal);
  });
  const run = new WrappedCommand({ command, args, env: { ...env, [FENCE_VARIABLE]: String(claim.seq) }, foreground });
  if (run.target !== undefined) {
    guard.aim(run.target);
    claim.onRefreshed(renew);
  }
  const lost = new Promise<undefined>((resolve) => {
    claim.lost.addEventListener('abort', () => resolve(undefined), { once: true });
  });
  try {
    const outcome = await Promise.race([run.ended, lost]);
    if (outcome === undefined || isLost()) {
      sayLost('the command is being ended');
      await run.end(graceMs);
      return ExitCode.broker;
    }
    if (outcome.fault !== undefined) {
      output.error(outcome.fault, undefined, { code: 'command', exit_code: outcome.exitCode });
    }
    // What it has left behind may still write.
    await run.end(graceMs);
    return outcome.exitCode;
  } finally {
    ignore();
    claim.onRefreshed(() => {});
    guard.dismiss();
  }
}
