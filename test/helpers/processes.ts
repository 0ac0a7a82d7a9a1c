// What the kernel knows of processes, and waiting until it is so.

import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

const POLL_MS = 20;
const LIMIT_MS = 40_000;

/** Waits until a condition holds; after some time the test fails, naming it. */
export async function until(what: string, holds: () => boolean, limitMs = LIMIT_MS): Promise<void> {
  const deadline = performance.now() + limitMs;
  while (!holds()) {
    if (performance.now() > deadline) throw new Error(`it never came to be that ${what}`);
    await delay(POLL_MS);
  }
}

/** A process as /proc/<pid>/stat shows it. */
export interface ProcessState {
  pid: number;
  parent: number;
  group: number;
  isZombie: boolean;
}

/** Every process of this machine. */
export function listProcesses(): ProcessState[] {
  return readdirSync('/proc')
    .filter((name) => /^[0-9]+$/.test(name))
    .flatMap((name) => {
      let stat: string;
      try {
        stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      } catch {
        return [];
      }
      // The name before it, in brackets, may hold anything.
      const [state, parent, group] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return [{ pid: Number(name), parent: Number(parent), group: Number(group), isZombie: state === 'Z' }];
    });
}

/** The processes of a group that still run. */
export function listGroup(group: number): number[] {
  return listProcesses()
    .filter((process) => process.group === group && !process.isZombie)
    .map(({ pid }) => pid);
}

/** A figure of /proc/<pid>/status, in the unit that it has there. */
export function readStatus(pid: number, field: string): number {
  const text = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(new RegExp(`^${field}:\\s+([0-9]+)`, 'm').exec(text)?.[1]);
}

/** Kills a process. One whose number was never learnt must not be taken for 0, which is every process of the test run. */
export function killProcess(pid: number): void {
  if (!(pid > 1)) throw new Error(`not the number of a process: ${pid}`);
  process.kill(pid, 'SIGKILL');
}

/** How many file descriptors a process has open. */
export function countDescriptors(pid: number): number {
  return readdirSync(`/proc/${pid}/fd`).length;
}

/** How many bytes a process has read so far, from whatever it reads. */
export function countRead(pid: number): number {
  return Number(/^rchar: ([0-9]+)$/m.exec(readFileSync(`/proc/${pid}/io`, 'utf8'))?.[1]);
}

/** Whether a signal has been sent to a process that it has not taken yet. */
export function hasPendingSignal(pid: number): boolean {
  const pending = /^ShdPnd:\s+([0-9a-f]+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return BigInt(`0x${pending}`) !== 0n;
}
