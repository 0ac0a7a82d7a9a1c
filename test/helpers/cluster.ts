// Three nats-servers on loopback that keep streams together. Each has a directory of its own, which outlives its stop and
// start.

import type { ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { jetstreamManager, type StreamInfo } from '@nats-io/jetstream';
import { connect } from 'nats';
import { end } from './initiated.ts';
import { findFreePort, jetStreamSettings, runServer } from './server.ts';

/** How long the servers may take to agree on something. */
const AGREEMENT_MS = 30_000;
const POLL_MS = 20;

/** One server of a cluster. */
export interface ClusterServer {
  name: string;
  url: string;
  /** Brings it back; resolves when it accepts connections. */
  start(): Promise<void>;
  /** Ends it, and waits until it is gone. */
  kill(): Promise<void>;
  /** Stops it as if it were cut off: its connections stay, and nothing is heard of it. */
  pause(): void;
  resume(): void;
}

/** A cluster under a test's control. */
export interface TestCluster {
  servers: ClusterServer[];
  urls: string[];
  /** Waits until streams can be made, by whichever of the servers. */
  ready(): Promise<void>;
  /** Waits until a stream has a leader among the servers that run, and says which. */
  leader(stream: string): Promise<ClusterServer>;
  /** Waits until all replicas of a stream are there and up to date. */
  settled(stream: string): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Starts the servers and waits until they have agreed on a leader. */
export async function startCluster(size = 3): Promise<TestCluster> {
  const directory = mkdtempSync(join(tmpdir(), 'nats-cluster-'));
  const ports = await Promise.all(Array.from({ length: size * 2 }, () => findFreePort()));
  const routes = ports.slice(size).map((port) => `"nats-route://127.0.0.1:${port}"`);
  const servers = Array.from({ length: size }, (_, i) =>
    createServer(join(directory, `${i}`), `server-${i}`, ports[i] as number, ports[size + i] as number, routes),
  );
  await Promise.all(servers.map((server) => server.start()));
  const cluster: TestCluster = {
    servers,
    urls: servers.map(({ url }) => url),
    async ready() {
      // A server that has no leader to ask says so.
      await Promise.all(
        servers.filter(isRunning).map(({ url }) => askUntil(url, (jetStream) => jetStream.getAccountInfo())),
      );
    },
    async leader(stream) {
      const find = async (info: StreamInfo) => {
        const leader = servers.find((server) => server.name === info.cluster?.leader);
        return leader && isRunning(leader) ? leader : undefined;
      };
      return askInfo(servers, stream, find);
    },
    async settled(stream) {
      await askInfo(servers, stream, async ({ config, cluster: state }) => {
        const current = state?.replicas?.filter((replica) => replica.current && !replica.offline) ?? [];
        return state?.leader && current.length === config.num_replicas - 1 ? true : undefined;
      });
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(servers.map((server) => server.kill()));
      rmSync(directory, { recursive: true, force: true });
    },
  };
  await cluster.ready();
  return cluster;
}

type RunningServer = ClusterServer & { child: ChildProcess | undefined; paused: boolean };

function createServer(
  directory: string,
  name: string,
  port: number,
  routePort: number,
  routes: string[],
): RunningServer {
  mkdirSync(directory);
  const file = join(directory, 'server.conf');
  const cluster = `cluster { name: test, listen: "127.0.0.1:${routePort}", routes: [${routes.join(', ')}] }`;
  const own = [`server_name: ${name}`, `listen: "127.0.0.1:${port}"`, jetStreamSettings(directory)];
  // A client is not to learn of servers that it was not given.
  writeFileSync(file, [...own, cluster.replace('{', '{ no_advertise: true, '), ''].join('\n'));
  const server: RunningServer = {
    name,
    url: `nats://127.0.0.1:${port}`,
    child: undefined,
    paused: false,
    async start() {
      server.child = await runServer(file);
    },
    async kill() {
      if (server.child) await end(server.child);
      server.paused = false;
    },
    pause() {
      server.child?.kill('SIGSTOP');
      server.paused = true;
    },
    resume() {
      server.child?.kill('SIGCONT');
      server.paused = false;
    },
  };
  return server;
}

function isRunning(server: RunningServer): boolean {
  const { child, paused } = server;
  return child !== undefined && child.exitCode === null && child.signalCode === null && !paused;
}

/** Asks a server that runs until a stream's state is as it should be. */
async function askInfo<T>(
  servers: RunningServer[],
  stream: string,
  look: (info: StreamInfo) => Promise<T | undefined>,
): Promise<T> {
  const url = servers.find(isRunning)?.url ?? '';
  return askUntil(url, async (jetStream) => look(await jetStream.streams.info(stream)));
}

/** Asks a server until it answers with something. */
async function askUntil<T>(
  url: string,
  ask: (jetStream: Awaited<ReturnType<typeof jetstreamManager>>) => Promise<T | undefined>,
): Promise<T> {
  const connection = await connect({ servers: url });
  try {
    const jetStream = await jetstreamManager(connection, { checkAPI: false, timeout: 500 });
    for (const since = Date.now(); ; ) {
      const answer = await ask(jetStream).catch((error: Error) => error);
      if (answer !== undefined && !(answer instanceof Error)) return answer;
      if (Date.now() - since > AGREEMENT_MS) throw new Error('the cluster did not agree', { cause: answer });
      await wait(POLL_MS);
    }
  } finally {
    await connection.close();
  }
}
