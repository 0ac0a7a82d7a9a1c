import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

/** How long a group may take to end by itself after SIGTERM. */
const TERM_GRACE_MS = 5000;
/** After SIGKILL only the kernel is waited for. */
const KILL_GRACE_MS = 1000;
const POLL_MS = 20;

/**
 * Ends every process of a group: SIGTERM, and after five seconds SIGKILL.
 *
 * @param groupId the process id of the group's leader
 * @param hurry skips what is left of the five seconds when aborted
 * @param graceMs how long instead of the five seconds
 */
export async function endProcessGroup(groupId: number, hurry?: AbortSignal, graceMs = TERM_GRACE_MS): Promise<void> {
  if (!signalGroup(groupId, 'SIGTERM')) return;
  // A stopped process would never get to the SIGTERM.
  signalGroup(groupId, 'SIGCONT');
  if (await isGone(groupId, graceMs, hurry)) return;
  signalGroup(groupId, 'SIGKILL');
  await isGone(groupId, KILL_GRACE_MS);
}

async function isGone(groupId: number, withinMs: number, hurry?: AbortSignal): Promise<boolean> {
  const deadline = performance.now() + withinMs;
  while (signalGroup(groupId, 0) && !hasOnlyZombies(groupId)) {
    if (performance.now() >= deadline || hurry?.aborted) return false;
    await delay(POLL_MS);
  }
  return true;
}

/** Whether there was a process to signal; one that runs as another user cannot be, now or later. */
function signalGroup(groupId: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(-groupId, signal);
    return true;
  } catch {
    return false;
  }
}

/**
 * Whether all that is left of a group has ended and was not reaped: in a container whose first process does not do
 * that, it never will be. Known on Linux only (proc_pid_stat(5)); elsewhere false.
 */
function hasOnlyZombies(groupId: number): boolean {
  let pids: string[];
  try {
    pids = readdirSync('/proc').filter((name) => /^[0-9]+$/.test(name));
  } catch {
    return false;
  }
  return pids.length > 0 && !pids.some((pid) => isAliveIn(groupId, pid));
}

function isAliveIn(groupId: number, pid: string): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The name before the last parenthesis can hold anything.
    const [state, , group] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return Number(group) === groupId && state !== 'Z' && state !== 'X';
  } catch {
    return false;
  }
}
