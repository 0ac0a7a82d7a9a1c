import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { writeDirectory } from '../provision/directory.ts';
import { findNatsServer } from '../provision/find-nats-server.mjs';
import { type RunningServer, ServerEnded, startNatsServer } from '../provision/nats-server.ts';
import { createNetworkFiles, nodeFiles } from '../provision/network.ts';
import { planNetwork } from '../provision/plan.ts';
import { formatShellWord } from '../provision/shell-word.ts';
import { TransportError } from '../transport/errors.ts';
import type { Command, CommandContext, Interrupt } from './context.ts';
import { ExitCode } from './exit-code.ts';
import type { DevCommandOptions } from './options.ts';
import { toUsageError } from './provision-error.ts';
import { onReaderGone } from './reader-gone.ts';

const DEFAULT_NODES = ['com.example.left', 'com.example.right'];
const DEFAULT_VERBS = ['*'];

/** Another program may take a port that was free a moment ago, but not again and again. */
const MAX_ATTEMPTS = 5;

/** How long a server may take to start before a person is told that it is waited for. */
const SLOW_MS = 2000;

const SIGPIPE = 13;

/** A network in a temporary directory with a server, until a signal comes. */
export const runDev: Command<DevCommandOptions> = async (options, context) => {
  const interrupt = context.catchSignals();
  const { signal } = interrupt;
  const directory = resolve(tmpdir(), `remaphore-dev-${randomBytes(6).toString('hex')}`);
  let server: RunningServer | undefined;
  try {
    const { nodes = DEFAULT_NODES, verbs = DEFAULT_VERBS } = options;
    planNetwork({ nodes, verbs });
    const path = await findServer(context, signal);
    const started = await startNetwork(path, directory, { ...options, nodes, verbs }, context, signal);
    server = started.server;
    return await serve(started.server, describeNodes(nodes, directory, started.port, context), context, interrupt);
  } catch (error) {
    if (signal.aborted && error === signal.reason) return ExitCode.signal + (signal.reason as number);
    throw error instanceof ServerEnded
      ? new TransportError('unreachable', error.message, { cause: error })
      : toUsageError(error);
  } finally {
    await server?.stop(interrupt.again);
    // It went with the server, if there was one.
    rmSync(directory, { recursive: true, force: true });
  }
};

function findServer({ env, output }: CommandContext, signal: AbortSignal): Promise<string> {
  const onFetch = (what: string) => output.notice(`no nats-server here: fetching one (${what})`);
  return findNatsServer({ env, onFetch, signal });
}

/** Makes the network's files and starts its server; without a port of the user's, on one that is free. */
async function startNetwork(
  path: string,
  directory: string,
  { nodes, verbs, port }: { nodes: readonly string[]; verbs: readonly string[]; port: number | undefined },
  { output }: CommandContext,
  signal: AbortSignal,
): Promise<{ server: RunningServer; port: number }> {
  for (let attempt = 1; ; attempt++) {
    const chosen = port ?? (await findFreePort());
    const plan = planNetwork({ nodes, verbs, servers: [`nats://127.0.0.1:${chosen}`] });
    await writeDirectory(directory, await createNetworkFiles(plan, directory, signal), signal);
    const slow = setTimeout(() => output.notice(`${path} is not ready yet: waiting for it`), SLOW_MS);
    try {
      return { server: await startNatsServer(path, directory, 'nats-server.conf', signal), port: chosen };
    } catch (error) {
      if (!(error instanceof ServerEnded && error.portTaken)) throw error;
      if (port !== undefined) {
        throw new TransportError(
          'unreachable',
          `port ${port} of 127.0.0.1 is in use: choose another with --port, or none`,
          {
            cause: error,
          },
        );
      }
      if (attempt === MAX_ATTEMPTS) throw error;
    } finally {
      clearTimeout(slow);
    }
  }
}

/** Prints the nodes and runs until something ends it. */
async function serve(
  server: RunningServer,
  print: () => Promise<void>,
  { output }: CommandContext,
  { signal }: Interrupt,
): Promise<number> {
  let stopWatching = () => {};
  try {
    const readerGone = new Promise<number>((done) => {
      stopWatching = onReaderGone(() => done(ExitCode.signal + SIGPIPE));
    });
    const interrupted = new Promise<number>((done) => {
      const end = () => done(ExitCode.ok);
      if (signal.aborted) end();
      signal.addEventListener('abort', end);
    });
    const printed = print().then(() => {
      output.notice('ready; Ctrl-C ends it and removes everything');
      return new Promise<never>(() => {});
    });
    const outcome = await Promise.race([printed, readerGone, interrupted, server.ended]);
    if (outcome instanceof ServerEnded) throw new TransportError('closed', outcome.message, { cause: outcome });
    return outcome;
  } finally {
    stopWatching();
  }
}

function describeNodes(
  nodes: readonly string[],
  directory: string,
  port: number,
  { output }: CommandContext,
): () => Promise<void> {
  const configs = nodes.map((node) => ({ node, config: join(directory, nodeFiles(node).config) }));
  if (output.json) {
    const server = `nats://127.0.0.1:${port}`;
    return () =>
      output.record(configs.map(({ node, config }) => ({ type: 'node', destination: node, config, server })));
  }
  // No comment behind it: an interactive zsh has none.
  const lines = configs.map(({ config }) => `export REMAPHORE_CONFIG=${formatShellWord(config)}\n`);
  return () => output.data(Buffer.from(lines.join('')));
}

/** A port of 127.0.0.1 that nobody listens on at this moment. */
async function findFreePort(): Promise<number> {
  const listener = createServer();
  await new Promise<void>((done, fail) => {
    listener.once('error', fail);
    listener.listen(0, '127.0.0.1', done);
  });
  const address = listener.address();
  await new Promise((done) => listener.close(done));
  return address !== null && typeof address === 'object' ? address.port : 0;
}
