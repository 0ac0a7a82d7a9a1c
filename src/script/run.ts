// A script is started without a shell, as the leader of a process group of its own, so that what it starts can be
// ended with it.

import { type ChildProcess, spawn } from 'node:child_process';
import { constants } from 'node:os';
import { Capture, type CapturedOutput } from './capture.ts';
import { closeDescriptor } from './descriptor.ts';
import { createInput } from './input.ts';
import { createPipe, type Pipe } from './pipe.ts';
import { openPipeReader } from './pipe-reader.ts';
import { endProcessGroup } from './process-group.ts';

/** Exit code of a script that is there and cannot be run, as shells have it. */
export const CANNOT_EXECUTE = 126;
/** Exit code of a script that is not there, as shells have it. */
export const NOT_FOUND = 127;
/** Exit code of a script that was ended, or not even started, because this process is to end. */
const TERMINATED = 128 + constants.signals.SIGTERM;

/** What to run, and how. */
export interface ScriptRun {
  /** a path, or a name looked up in PATH */
  command: string;
  args: readonly string[];
  env: NodeJS.ProcessEnv;
  /** what to give on standard input; default nothing */
  stdin?: Uint8Array | undefined;
  /** keep what it prints, up to this many bytes; default: it prints where this process does */
  captureBytes?: number | undefined;
  /** ends the script and its whole process group when aborted */
  stop?: AbortSignal | undefined;
  /** while it is being ended: SIGKILL at once when aborted */
  hurry?: AbortSignal | undefined;
}

/** How it went. */
export interface ScriptResult {
  /** the script's own; 128+n when a signal ended it, 126 or 127 when it could not be run */
  exitCode: number;
  /** what was captured; empty if nothing was to be */
  output: CapturedOutput;
  /** why it could not be run, or not be ended, in a clause */
  fault: string | undefined;
}

const NOTHING: CapturedOutput = { bytes: new Uint8Array(), totalBytes: 0, cut: false };

/** Runs a script to its end. That it cannot be run is a result too, not an error. */
export async function runScript(run: ScriptRun): Promise<ScriptResult> {
  let input: number | undefined;
  let output: Pipe | undefined;
  let capture: Capture | undefined;
  const releaseEnds = async () => {
    if (input !== undefined) await closeDescriptor(input);
    if (output) await closeDescriptor(output.writeFd);
  };

  try {
    if (run.stdin !== undefined) input = await createInput(run.stdin);
    if (run.captureBytes !== undefined) {
      output = await createPipe();
      capture = new Capture(await openPipeReader(output.readFd), run.captureBytes);
    }
  } catch (error) {
    await releaseEnds();
    const fault = `its input or output could not be set up: ${(error as Error).message}`;
    return { exitCode: CANNOT_EXECUTE, output: NOTHING, fault };
  }
  // To make a pipe takes a while.
  if (run.stop?.aborted) {
    await releaseEnds();
    await capture?.finish();
    return { exitCode: TERMINATED, output: NOTHING, fault: `${run.command}: not started, since the end came first` };
  }

  let outcome: Outcome;
  try {
    const child = spawn(run.command, [...run.args], {
      env: run.env,
      detached: true,
      stdio: [input ?? 'ignore', output?.writeFd ?? 'inherit', output?.writeFd ?? 'inherit'],
    });
    outcome = await settle(child, run, releaseEnds);
  } catch (error) {
    // Thrown before anything was started: the script's ends are still ours.
    await releaseEnds();
    outcome = describeFailure(run.command, error as NodeJS.ErrnoException);
  }
  return { ...outcome, output: capture ? await capture.finish() : NOTHING };
}

/** How a script ended. */
export interface Outcome {
  /** see `ScriptResult` */
  exitCode: number;
  fault: string | undefined;
}

/** Waits for the script's end, and ends it when asked to. */
async function settle(child: ChildProcess, run: ScriptRun, releaseEnds: () => Promise<void>): Promise<Outcome> {
  const exited = new Promise<Outcome>((resolve) => {
    child.once('error', (error) => resolve(describeFailure(run.command, error)));
    child.once('exit', (code, signal) => {
      resolve({ exitCode: code ?? 128 + (signal ? constants.signals[signal] : 0), fault: undefined });
    });
  });
  await releaseEnds();
  const { pid } = child;
  if (pid === undefined) return exited;
  const done = new AbortController();
  const stopped = new Promise<undefined>((resolve) => {
    if (run.stop?.aborted) resolve(undefined);
    run.stop?.addEventListener('abort', () => resolve(undefined), { once: true, signal: done.signal });
  });
  const first = await Promise.race([exited, stopped]);
  done.abort();
  if (first !== undefined) return first;
  await endProcessGroup(pid, run.hurry);
  const unended = { exitCode: 128 + constants.signals.SIGKILL, fault: 'the script could not be ended' };
  return Promise.race([exited, new Promise<Outcome>((resolve) => setTimeout(resolve, 100, unended))]);
}

/** What a script that could not be run comes to. */
export function describeFailure(command: string, { code }: NodeJS.ErrnoException): Outcome {
  if (code === 'ENOENT') {
    return { exitCode: NOT_FOUND, fault: `${command}: not found, or its interpreter is not` };
  }
  if (code === 'EACCES')
    return { exitCode: CANNOT_EXECUTE, fault: `${command}: not executable, or a directory (chmod +x?)` };
  if (code === 'E2BIG') return { exitCode: CANNOT_EXECUTE, fault: `${command}: arguments too long (see --stdin)` };
  if (code === 'ERR_INVALID_ARG_VALUE') return { exitCode: CANNOT_EXECUTE, fault: 'an argument holds a NUL byte' };
  return { exitCode: CANNOT_EXECUTE, fault: `${command}: cannot be run (${code ?? 'unknown error'})` };
}
