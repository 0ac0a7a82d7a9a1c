// Locks that somebody holds or waits for, as the real program does.

import type { TestNode } from './network.ts';
import { type OutputRecord, readRecords } from './output-schema.ts';
import { listProcesses, until } from './processes.ts';
import { type Program, run, start } from './program.ts';

/** A lock's holder: its command says so, with the fence, and sleeps. */
export interface Holder {
  program: Program;
  fence: number;
  /** of the command's process, and its group's unless it is in the foreground */
  pid: number;
  /** Ends the command, and waits for the program. */
  letGo(): Promise<void>;
}

/** What a holder's command is: it says that it holds, and goes on for longer than any test. */
export const HOLDING = ['sh', '-c', 'echo "held $REMAPHORE_FENCE $$ ."; exec sleep 60'];

/** Starts a holder and waits until it holds. */
export async function hold(node: TestNode, name: string, options: readonly string[] = []): Promise<Holder> {
  return untilHeld(start(node.config, ['lock', name, ...options, '--', ...HOLDING]));
}

/** Waits until a program that runs HOLDING holds. */
export async function untilHeld(program: Program): Promise<Holder> {
  await program.printed('.\n');
  const [, fence, pid] = /held (\d+) (\d+)/.exec(program.stdout) ?? [];
  return {
    program,
    fence: Number(fence),
    pid: Number(pid),
    async letGo() {
      program.kill('SIGTERM');
      await program.finished;
    },
  };
}

/** What --list says, as JSON. */
export async function listLocks(node: TestNode, ...options: string[]): Promise<OutputRecord[]> {
  const { exitCode, stdout, stderr } = await run(node.config, ['lock', '--list', '--json', ...options]);
  if (exitCode !== 0) throw new Error(`exit ${exitCode}: ${stderr}`);
  return readRecords(stdout);
}

/** Waits until so many wait for a lock. */
export async function untilWaiting(node: TestNode, name: string, count: number): Promise<void> {
  for (;;) {
    const lock = (await listLocks(node)).find((record) => record['name'] === name);
    if ((lock?.['waiting'] as unknown[] | undefined)?.length === count) return;
  }
}

/** Whether a process runs; one that has ended and that nobody has waited for does not. */
export function isRunning(pid: number): boolean {
  return listProcesses().some((process) => process.pid === pid && !process.isZombie);
}

/** Waits until a process has ended. */
export async function untilGone(pid: number): Promise<void> {
  await until(`process ${pid} is gone`, () => !isRunning(pid));
}

/** Waits until the guard of a holder's command counts the time: a shell beside the command, with a child of its own. */
export async function untilGuarded({ program, pid }: Holder): Promise<void> {
  await until(`the command of ${program.pid} is guarded`, () => {
    const all = listProcesses();
    const guards = all.filter((process) => process.parent === program.pid && process.pid !== pid);
    return guards.some((guard) => all.some(({ parent }) => parent === guard.pid));
  });
}
