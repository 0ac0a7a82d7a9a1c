// Listeners that lose nothing, each test's on a channel of its own.

import { onTestFinished } from 'vitest';
import type { KeptSite } from './kept.ts';
import type { TestNode } from './network.ts';
import { listProcesses, until } from './processes.ts';
import { type Ended, type Program, run, type StartOptions, start } from './program.ts';
import { createScripts, type ScriptDirectory } from './scripts.ts';

/** A channel of a test's, and the scripts that its listeners run. */
export interface DurableChannel {
  channel: string;
  scripts: ScriptDirectory;
  /** A script that notes `<attempt> <payload>` in the file `ran`, and then does something. */
  script(then?: string): string;
  /** What was noted so far. */
  ran(): string[];
  /** Waits until so much was noted. */
  untilRan(count: number): Promise<string[]>;
  /** Starts a listener of the right host's, or another's, which is killed with the test. */
  listen(args: readonly string[], options?: StartOptions & { node?: TestNode }): Promise<Program>;
  /** Ends a listener once the scripts that it runs have ended, and gives what `finished` does. */
  end(listener: Program): Promise<Ended>;
  /** Has the left host send payloads, one by one. */
  send(...payloads: string[]): Promise<void>;
}

export async function openDurableChannel(site: KeptSite): Promise<DurableChannel> {
  const channel = await site.createChannel();
  const scripts = createScripts();
  onTestFinished(() => scripts[Symbol.dispose]());
  const ran = () => scripts.lines('ran');
  let written = 0;
  return {
    channel,
    scripts,
    script: (then = '') =>
      scripts.write(`script${++written}`, `echo "$REMAPHORE_ATTEMPT $2" >>${scripts.path}/ran\n${then}`),
    ran,
    async untilRan(count) {
      await until(`${count} scripts ran`, () => ran().length >= count);
      return ran();
    },
    async listen(args, { node = site.right, ...options } = {}) {
      const listener = start(node.config, ['-S', channel, '-t', '45s', ...args], options);
      // As a line of JSON too.
      await listener.said('ready');
      onTestFinished(async () => {
        listener.kill('SIGKILL');
        await listener.finished;
      });
      return listener;
    },
    async end(listener) {
      // What a script notes is there before the script has ended: one that is killed then is run again.
      await until('its scripts have ended', () => listProcesses().every(({ parent }) => parent !== listener.pid));
      listener.kill('SIGTERM');
      return listener.finished;
    },
    async send(...payloads) {
      for (const payload of payloads) {
        const { exitCode, stderr } = await run(site.left.config, ['-s', '-S', channel, payload]);
        if (exitCode !== 0) throw new Error(stderr);
      }
    },
  };
}
