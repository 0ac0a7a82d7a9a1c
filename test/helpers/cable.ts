// Two network namespaces with one cable between them, which a test can pull out: the server is at one end, and programs run
// at either. Nothing of it is in the machine's own namespace, and all of it goes with the processes that are in there: the
// two that hold the namespaces end when their standard input does, and that is when this process ends at the latest.

import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { end } from './initiated.ts';
import { PROGRAM } from './program.ts';
import { jetStreamSettings, runServer } from './server.ts';

// Of a block that is for documentation (RFC 5737), so that it means nothing else anywhere.
const SERVER_ADDRESS = '192.0.2.1';
const FAR_ADDRESS = '192.0.2.2';
const PREFIX = '/30';
const PORT = 4222;

/** Two ends of a cable, and a server that keeps streams at the near one. */
export interface Cable {
  url: string;
  /** what to start in place of the program: the program, where the server is */
  near: string;
  /** the same, where the server is reached by the cable alone */
  far: string;
  /** From now on nothing comes through, and neither end is told. */
  pull(): void;
  plug(): void;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Why there can be no such cable here; undefined: there can. */
export function findCableFault(): string | undefined {
  for (const [command, ...args] of [
    ['unshare', '--net', 'true'],
    ['nsenter', '--version'],
    ['ip', '-V'],
  ] as const) {
    if (spawnSync(command, args).status !== 0) return `network namespaces are not permitted here: ${command}(1) fails`;
  }
  return undefined;
}

/** Lays the cable and starts the server. */
export async function layCable(): Promise<Cable> {
  const directory = mkdtempSync(join(tmpdir(), 'cable-'));
  const holders: ChildProcess[] = [];
  const dispose = async () => {
    await Promise.all(holders.map(end));
    rmSync(directory, { recursive: true, force: true });
  };
  try {
    const [near, far] = (await Promise.all(
      ['near', 'far'].map((name) => openNamespace(join(directory, name), holders)),
    )) as [Namespace, Namespace];
    near.enter('ip', 'link', 'add', 'cable', 'type', 'veth', 'peer', 'name', 'cable', 'netns', `${far.pid}`);
    near.enter('ip', 'address', 'add', SERVER_ADDRESS + PREFIX, 'dev', 'cable');
    far.enter('ip', 'address', 'add', FAR_ADDRESS + PREFIX, 'dev', 'cable');
    for (const { enter } of [near, far]) {
      // Who is where the server is reaches it by the first.
      for (const name of ['lo', 'cable']) enter('ip', 'link', 'set', name, 'up');
    }
    const file = join(directory, 'server.conf');
    writeFileSync(file, `listen: "${SERVER_ADDRESS}:${PORT}"\n${jetStreamSettings(directory)}\n`);
    holders.push(await runServer(file, near.starter));
    return {
      url: `nats://${SERVER_ADDRESS}:${PORT}`,
      near: near.program,
      far: far.program,
      // At the server's end: at the other one the kernel would tell who connects that there is no network.
      pull: () => near.enter('ip', 'link', 'set', 'cable', 'down'),
      plug: () => near.enter('ip', 'link', 'set', 'cable', 'up'),
      [Symbol.asyncDispose]: dispose,
    };
  } catch (error) {
    await dispose();
    throw error;
  }
}

interface Namespace {
  /** of the process that holds it */
  pid: number;
  /** Runs a command in there to its end. */
  enter(...command: string[]): void;
  /** becomes, in there, the program that its arguments name */
  starter: string;
  /** becomes remaphore in there */
  program: string;
}

async function openNamespace(directory: string, holders: ChildProcess[]): Promise<Namespace> {
  mkdirSync(directory);
  const holder = spawn('unshare', ['--net', 'sh', '-c', 'echo; exec cat'], { stdio: ['pipe', 'pipe', 'inherit'] });
  holders.push(holder);
  await once(holder.stdout, 'data');
  const pid = holder.pid as number;
  const net = `--net=/proc/${pid}/ns/net`;
  const write = (name: string, program: string) => {
    const file = join(directory, name);
    writeFileSync(file, `#!/bin/sh\nexec nsenter ${net} ${program}"$@"\n`, { mode: 0o755 });
    return file;
  };
  return {
    pid,
    enter: (...command) => void execFileSync('nsenter', [net, ...command]),
    starter: write('start', ''),
    program: write('remaphore', `'${PROGRAM}' `),
  };
}
