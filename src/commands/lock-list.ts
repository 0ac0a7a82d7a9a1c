import { listLocks } from '../coordination/list-locks.ts';
import { type Claim, expiryMs } from '../coordination/lock-state.ts';
import { Trust } from '../coordination/trust.ts';
import { LOCK_VERB } from '../protocol/constants.ts';
import { checkVerb } from '../signal/send.ts';
import { type Command, connectOptions, openConfig } from './context.ts';
import { Deadline } from './deadline.ts';
import { ExitCode } from './exit-code.ts';
import type { LockListOptions } from './options.ts';
import { runSession } from './session.ts';

/** How long to look when -t does not say. */
const DEFAULT_TIMEOUT_MS = 5000;

/** Shows the locks that somebody holds or waits for: a line for each, and one for each who does. */
export const runLockList: Command<LockListOptions> = async (options, context) => {
  const { output, clock } = context;
  const config = await openConfig(options.config, output);
  const trust = new Trust(config, checkVerb(options.verb ?? LOCK_VERB));
  const timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  return runSession(config, timeoutMs, context, async ({ node, stop }) => {
    const { onNotice = () => {} } = connectOptions(context, new Deadline(0), stop);
    const store = await node.store(stop);
    for (const lock of await listLocks(config, store, trust, clock.nowMs(), onNotice, stop)) {
      const { name, slots, holders, waiting } = lock;
      if (output.json) {
        const claims = { holders: holders.map(toRecord), waiting: waiting.map(toRecord) };
        await output.record({ type: 'lock', name, slots, ...claims });
        continue;
      }
      const lines = [
        `${name}: ${slots} ${slots === 1 ? 'slot' : 'slots'}, ${holders.length} held, ${waiting.length} waiting`,
        ...holders.map(
          (claim) => `  held by ${claim.party} since ${formatTime(claim.heldMs ?? claim.claimedMs)}${more(claim)}`,
        ),
        ...waiting.map((claim) => `  ${claim.party} waits since ${formatTime(claim.claimedMs)}${more(claim)}`),
      ];
      await output.data(Buffer.from(lines.map((line) => `${line}\n`).join('')));
    }
    return ExitCode.ok;
  });
};

function more(claim: Claim): string {
  return `, until ${formatTime(expiryMs(claim))} unless refreshed, fence ${claim.seq}`;
}

function toRecord(claim: Claim): object {
  return {
    destination: claim.party,
    public_key: claim.publicKey,
    claimed: formatTime(claim.claimedMs),
    held: claim.heldMs === undefined ? null : formatTime(claim.heldMs),
    until: formatTime(expiryMs(claim)),
    fence: claim.seq,
  };
}

function formatTime(ms: number): string {
  return new Date(ms).toISOString();
}
