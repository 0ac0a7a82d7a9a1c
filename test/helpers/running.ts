// Scripts that are in the middle of something.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { until } from './processes.ts';
import type { Program } from './program.ts';
import type { Bench } from './receiving.ts';
import type { ScriptDirectory } from './scripts.ts';
import type { WireReply } from './wire.ts';

/** Longer than any test. */
export const SLEEP = 'sleep 60';

/** A script that does one thing, says that it is up, and then does the other. */
export function writeWaiting(scripts: ScriptDirectory, prepare: string, wait: string): string {
  const up = join(scripts.path, 'up');
  return scripts.write('waiting', `${prepare}\necho $$ >${up}.new; mv ${up}.new ${up}\n${wait}`);
}

/** A receiver with a script that runs. */
export interface Running {
  receiver: Program;
  /** of the script's processes */
  group: number;
  /** to the message that the script runs for */
  reply: Promise<WireReply>;
}

/**
 * Starts a receiver with a script of `writeWaiting`'s, and waits until the script is up.
 *
 * @param more messages that arrive together with the one that the script runs for
 */
export async function startRunning(
  bench: Bench,
  scripts: ScriptDirectory,
  args: readonly string[],
  more: Uint8Array[] = [],
): Promise<Running> {
  const receiver = await bench.receive(args);
  const reply = bench.wire.ask(bench.message({ wantsReply: true, quick: true }), ...more);
  const up = join(scripts.path, 'up');
  await until('the script is up', () => existsSync(up));
  return { receiver, reply, group: Number(readFileSync(up, 'utf8')) };
}
