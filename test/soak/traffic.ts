// Who sends and asks: a process for each message, one after the other, each with its number as its payload.

import { run } from '../helpers/program.ts';

/** What became of one message by the word of its sender. */
export interface Attempt {
  number: number;
  fromMs: number;
  toMs: number;
  exitCode: number;
  stdout: string;
  stderr: string;
}

/**
 * Sends until told to stop.
 *
 * @param config path of the sender's configuration
 * @param args what stands before the number
 */
export async function send(config: string, args: readonly string[], stop: AbortSignal): Promise<Attempt[]> {
  const attempts: Attempt[] = [];
  for (let number = 1; !stop.aborted; number++) {
    const fromMs = performance.now();
    const { exitCode, stdout, stderr } = await run(config, [...args, `${number}`]);
    attempts.push({ number, fromMs, toMs: performance.now(), exitCode, stdout, stderr });
  }
  return attempts;
}
