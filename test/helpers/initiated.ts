// Networks that the program itself makes.

import { type ChildProcess, execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PROGRAM } from './program.ts';
import { assertNoSecret } from './secrets.ts';
import { findFreePort, runServer } from './server.ts';

export const LEFT = 'com.crypto.us.left';
export const RIGHT = 'com.crypto.us.right';

/** An empty directory that goes with the test. */
export interface Workplace {
  path: string;
  /** what is in it, hidden files too */
  list(): string[];
  [Symbol.dispose](): void;
}

export function createWorkplace(): Workplace {
  const path = realpathSync(mkdtempSync(join(tmpdir(), 'workplace-')));
  return {
    path,
    list: () => readdirSync(path).sort(),
    [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }),
  };
}

/** A network made by `init`, with a server that runs. */
export interface InitiatedNetwork extends Workplace {
  url: string;
  /** path of a node's configuration */
  config(node: string): string;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Makes a network and starts its server.
 *
 * @param words further ones of init's command line
 */
export async function initiate(nodes: readonly string[], words: readonly string[] = []): Promise<InitiatedNetwork> {
  const workplace = createWorkplace();
  const path = join(workplace.path, 'net');
  const url = `nats://127.0.0.1:${await findFreePort()}`;
  const init = ['init', path, '--nodes', nodes.join(), '--server', url, ...words];
  assertNoSecret(execFileSync(PROGRAM, init, { encoding: 'utf8' }), 'what init prints');
  const server = await runServer(join(path, 'nats-server.conf'));
  return {
    ...workplace,
    path,
    url,
    config: (node) => join(path, `${node}.conf`),
    async [Symbol.asyncDispose]() {
      await end(server);
      workplace[Symbol.dispose]();
    },
  };
}

/** Ends a process and waits until it is gone. */
export async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}

/** Every file below a directory: its permissions, and its text. */
export function snapshot(directory: string): Record<string, { mode: string; text: string }> {
  const files = readdirSync(directory, { recursive: true, withFileTypes: true }).sort();
  return Object.fromEntries(
    files.map((entry) => {
      const path = join(entry.parentPath, entry.name);
      const mode = (statSync(path).mode & 0o7777).toString(8);
      return [path.slice(directory.length + 1), { mode, text: entry.isFile() ? readFileSync(path, 'utf8') : '' }];
    }),
  );
}

/** The permissions alone. */
export function modes(directory: string): Record<string, string> {
  return Object.fromEntries(Object.entries(snapshot(directory)).map(([path, { mode }]) => [path, mode]));
}
