// A nats-server as a child process, in a process group of its own: Ctrl-C on a terminal reaches every process of the
// foreground's group, and the server is to end after what uses it. The server and its directory go with this process
// even if that is killed: a shell in the server's group waits for the end of a pipe that only this process holds.

import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** How long a server may take to start before it is given up. */
const START_MS = 30_000;

/** How long a server may take to end before it is killed. */
const STOP_MS = 5000;

/** How many of its last lines are kept. */
const MAX_LINES = 20;

/**
 * The executable, its configuration and its directory are $1, $2 and $3. The shell itself becomes the server. $$ is never
 * another process: as long as the waiting shell is in the group of that number, the system gives it to no other (POSIX,
 * fork). A second rm, since the first may meet a file that the server was just about to make. The waiting shell alone
 * keeps standard output open, so that it ends when the directory is gone.
 */
const SCRIPT = `
exec 3<&0 </dev/null
{ read -r _ <&3; kill -KILL $$; rm -rf -- "$3" || rm -rf -- "$3"; } 2>/dev/null &
exec "$1" -c "$2" >/dev/null 3<&-`;

/** A server did not start, or ended. */
export class ServerEnded extends Error {
  override readonly name = 'ServerEnded';
  /** whether another program listens on its port */
  readonly portTaken: boolean;

  constructor(message: string, portTaken: boolean) {
    super(message);
    this.portTaken = portTaken;
  }
}

/** A nats-server that runs. */
export interface RunningServer {
  readonly pid: number;
  /** resolves when it has ended and its directory is gone, with how and its own last words */
  readonly ended: Promise<ServerEnded>;
  /**
   * Ends it and waits until it is gone.
   *
   * @param hurry kills it when aborted
   */
  stop(hurry: AbortSignal): Promise<void>;
  /** Kills it without waiting. */
  kill(): void;
}

/**
 * Starts a server and waits until it takes connections.
 *
 * @param path of the executable
 * @param directory absolute path of what goes with the server, however that or this process ends
 * @param config name of its configuration there
 * @param signal gives up when aborted; the server has ended then
 * @throws ServerEnded when it does not start; the signal's reason when that is aborted
 */
export async function startNatsServer(
  path: string,
  directory: string,
  config: string,
  signal: AbortSignal,
): Promise<RunningServer> {
  signal.throwIfAborted();
  const words = ['-c', SCRIPT, 'sh', path, join(directory, config), directory];
  const child = spawn('/bin/sh', words, { detached: true, stdio: 'pipe' });
  const { server, ready } = watch(child);
  let onAbort = () => {};
  let timer: NodeJS.Timeout | undefined;
  const givenUp = new Promise<Error>((resolve) => {
    onAbort = () => resolve(signal.reason instanceof Error ? signal.reason : new Error('given up'));
    timer = setTimeout(() => resolve(new ServerEnded('nats-server was not ready in time', false)), START_MS);
  });
  signal.addEventListener('abort', onAbort);
  try {
    const failure = await Promise.race([ready, server.ended, givenUp]);
    if (failure === undefined) return server;
    server.kill();
    await server.ended;
    signal.throwIfAborted();
    throw failure;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
  }
}

function watch(child: ChildProcess): { server: RunningServer; ready: Promise<undefined> } {
  const lines: string[] = [];
  let onReady = (_: undefined) => {};
  const ready = new Promise<undefined>((resolve) => {
    onReady = resolve;
  });
  createInterface({ input: child.stderr as NodeJS.ReadableStream }).on('line', (line) => {
    if (line.includes('Server is ready')) onReady(undefined);
    lines.push(line);
    if (lines.length > MAX_LINES) lines.shift();
  });
  const ended = new Promise<ServerEnded>((resolve) => {
    child.once('error', ({ code }: NodeJS.ErrnoException) =>
      resolve(new ServerEnded(`nats-server cannot be run: ${child.spawnfile} (${code})`, false)),
    );
    child.once('exit', () => child.stdin?.destroy());
    child.stdout?.resume();
    // When its standard output and error have been read to the end as well.
    child.once('close', (code, signal) => resolve(describeEnd(signal ?? `exit code ${code}`, lines)));
  });
  const kill = () => child.kill('SIGKILL');
  return {
    ready,
    server: {
      pid: child.pid as number,
      ended,
      kill,
      async stop(hurry) {
        child.kill('SIGTERM');
        if (hurry.aborted) kill();
        const timer = setTimeout(kill, STOP_MS);
        hurry.addEventListener('abort', kill);
        await ended;
        clearTimeout(timer);
        hurry.removeEventListener('abort', kill);
      },
    },
  };
}

function describeEnd(how: string, lines: readonly string[]): ServerEnded {
  const isGrave = (line: string) => /\[(FTL|ERR)\]/.test(line);
  const last = lines.findLast(isGrave) ?? lines.at(-1);
  // Without process number, date and time.
  const words = last?.replace(/^\[\d+\] [\d/]+ [\d:.]+ /, '');
  const message = `nats-server ended (${how})${words === undefined ? ' without a word' : `; its last words: ${words}`}`;
  return new ServerEnded(
    message,
    lines.some((line) => /address already in use/.test(line)),
  );
}
