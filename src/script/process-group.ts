import { setTimeout as delay } from 'node:timers/promises';

/** How long a group may take to end by itself after SIGTERM. */
const TERM_GRACE_MS = 5000;
/** After SIGKILL only the kernel is waited for; a zombie that nobody reaps must not hold us up. */
const KILL_GRACE_MS = 1000;
const POLL_MS = 20;

/**
 * Ends every process of a group: SIGTERM, and after five seconds SIGKILL.
 *
 * @param groupId the process id of the group's leader
 * @param hurry skips what is left of the five seconds when aborted
 */
export async function endProcessGroup(groupId: number, hurry?: AbortSignal): Promise<void> {
  if (!signalGroup(groupId, 'SIGTERM')) return;
  // A stopped process would never get to the SIGTERM.
  signalGroup(groupId, 'SIGCONT');
  if (await isGone(groupId, TERM_GRACE_MS, hurry)) return;
  signalGroup(groupId, 'SIGKILL');
  await isGone(groupId, KILL_GRACE_MS);
}

async function isGone(groupId: number, withinMs: number, hurry?: AbortSignal): Promise<boolean> {
  const deadline = performance.now() + withinMs;
  while (signalGroup(groupId, 0)) {
    if (performance.now() >= deadline || hurry?.aborted) return false;
    await delay(POLL_MS);
  }
  return true;
}

/** Whether there was a process to signal. */
function signalGroup(groupId: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(-groupId, signal);
    return true;
  } catch (error) {
    // EPERM: somebody is there, as another user (sudo); it got no signal, and neither will it later.
    if ((error as NodeJS.ErrnoException).code === 'EPERM') return false;
    return false;
  }
}
