import { once } from 'node:events';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createWorkplace, type Workplace } from '../helpers/initiated.ts';
import { readRecords } from '../helpers/output-schema.ts';
import { killProcess, listGroup, listProcesses, until } from '../helpers/processes.ts';
import { type Program, run, runShell, start, startReady } from '../helpers/program.ts';

const NATS_SERVER = process.env['NATS_SERVER'] ?? 'nats-server';
const READY = 'remaphore: ready; Ctrl-C ends it and removes everything\n';

/** Temporary directories go here. */
let workplace: Workplace;

beforeEach(() => {
  workplace = createWorkplace();
});

afterEach(() => {
  workplace[Symbol.dispose]();
});

function startDev(words: readonly string[] = [], env: Record<string, string> = {}): Program {
  return start('', ['dev', ...words], { env: { TMPDIR: workplace.path, ...env } });
}

/** The server that a program started; undefined while the shell that starts it has not become it. */
function findServer(program: Program): number {
  const children = listProcesses().filter(({ parent, isZombie }) => parent === program.pid && !isZombie);
  // Another child watches standard output.
  return children.find(({ pid }) => !/^(tail|sh)\n$/.test(readFileSync(`/proc/${pid}/comm`, 'utf8')))?.pid as number;
}

function runs(pid: number): boolean {
  return listProcesses().some((process) => process.pid === pid && !process.isZombie);
}

/** The configurations that it printed, by node. */
function readConfigs(stdout: string): [string, string][] {
  return stdout
    .split('\n')
    .slice(0, -1)
    .map((line) => {
      const [, path = '', node = ''] = /^export REMAPHORE_CONFIG=(\S+\/(\S+)\.conf)$/.exec(line) ?? [];
      return [node, path];
    });
}

/** An executable in place of the server. */
function writeServer(text: string): string {
  const path = join(workplace.path, 'server');
  writeFileSync(path, `#!/bin/sh\n${text}\n`);
  chmodSync(path, 0o755);
  return path;
}

describe('dev', () => {
  it('prints a line for each of two hosts, which can do everything, and leaves nothing behind', async () => {
    const dev = startDev();
    await dev.said(READY);
    const configs = readConfigs(dev.stdout);
    expect(configs.map(([node]) => node)).toEqual(['com.example.left', 'com.example.right']);
    const [left = '', right = ''] = configs.map(([, path]) => path);
    const receiver = await startReady(right, ['-v', 'anything', '-o', '-t', '20s', 'echo']);
    const request = await run(left, ['-r', '-v', 'anything', '-t', '20s', 'at all']);
    expect(request).toEqual({ exitCode: 0, stdout: 'com.example.right,0,anything at all\n', stderr: '' });
    await receiver.finished;
    const server = findServer(dev);
    dev.kill('SIGINT');
    expect(await dev.finished).toEqual({ exitCode: 0, stdout: dev.stdout, stderr: READY });
    expect(runs(server)).toBe(false);
    expect(workplace.list()).toEqual([]);
  });

  it('takes the hosts and their verbs as they are given', async () => {
    const dev = startDev(['--nodes', 'a.b,a.c', '--nodes', 'a.d', '--verbs', 'ping']);
    await dev.said(READY);
    const configs = readConfigs(dev.stdout);
    expect(configs.map(([node]) => node)).toEqual(['a.b', 'a.c', 'a.d']);
    const refused = await run(configs[0]?.[1] ?? '', ['-s', '-v', 'deploy']);
    expect(refused.exitCode).toBe(2);
    dev.kill('SIGTERM');
    expect((await dev.finished).exitCode).toBe(0);
  });

  it('prints lines for a shell, whatever the directory is called', async () => {
    const TMPDIR = join(workplace.path, "it's $HOME");
    mkdirSync(TMPDIR);
    const dev = startDev([], { TMPDIR });
    await dev.said(READY);
    const { stdout } = await runShell(
      '',
      `eval '${dev.stdout.replaceAll("'", "'\\''")}'; printf %s "$REMAPHORE_CONFIG"`,
    );
    expect(stdout).toMatch(/\/it's \$HOME\/remaphore-dev-[0-9a-f]+\/com\.example\.right\.conf$/);
    expect(await run(stdout, ['-s'])).toMatchObject({ exitCode: 0, stderr: '' });
    dev.kill('SIGINT');
    await dev.finished;
  });

  it('prints lines that have nothing but the assignment, since an interactive zsh takes no comments', async () => {
    const dev = startDev(['--nodes', 'a.b']);
    await dev.said(READY);
    expect(dev.stdout).toMatch(/^export REMAPHORE_CONFIG=\S+\/a\.b\.conf\n$/);
    dev.kill('SIGINT');
    await dev.finished;
  });

  it('prints a line of JSON for each host with --json', async () => {
    const dev = startDev(['--json', '--nodes', 'a.b']);
    await dev.said('ready');
    const [record] = readRecords(dev.stdout);
    expect(record).toEqual({
      type: 'node',
      destination: 'a.b',
      config: expect.stringMatching(/\/remaphore-dev-[0-9a-f]+\/a\.b\.conf$/),
      server: expect.stringMatching(/^nats:\/\/127\.0\.0\.1:\d+$/),
    });
    dev.kill('SIGINT');
    expect((await dev.finished).exitCode).toBe(0);
  });

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('ends with 0 on %s', async (signal) => {
    const dev = startDev();
    await dev.said(READY);
    const server = findServer(dev);
    dev.kill(signal);
    expect(await dev.finished).toMatchObject({ exitCode: 0, stderr: READY });
    expect(runs(server)).toBe(false);
    expect(workplace.list()).toEqual([]);
  });

  it('has its server in a process group of its own, which Ctrl-C on a terminal does not reach', async () => {
    const dev = startDev();
    await dev.said(READY);
    const server = findServer(dev);
    const groups = new Map(listProcesses().map(({ pid, group }) => [pid, group]));
    expect(groups.get(server)).toBe(server);
    expect(groups.get(dev.pid)).not.toBe(server);
    dev.kill('SIGINT');
    await dev.finished;
  });

  it('is interrupted while its server starts, and leaves nothing behind', async () => {
    const path = writeServer('echo starting >&2; exec sleep 1000');
    const dev = startDev([], { NATS_SERVER: path });
    await until('the server runs', () => findServer(dev) !== undefined);
    const server = findServer(dev);
    dev.kill('SIGTERM');
    expect(await dev.finished).toEqual({ exitCode: 143, stdout: '', stderr: '' });
    expect(runs(server)).toBe(false);
    expect(workplace.list()).toEqual(['server']);
  });

  it('kills a server that does not end, on a second signal', async () => {
    const path = writeServer(`trap '' TERM; echo 'Server is ready' >&2; exec sleep 1000`);
    const dev = startDev([], { NATS_SERVER: path });
    await dev.said(READY);
    const server = findServer(dev);
    const since = performance.now();
    dev.kill('SIGINT');
    // Not the same one, which would count once if the first has not been dealt with.
    dev.kill('SIGTERM');
    expect((await dev.finished).exitCode).toBe(0);
    expect(performance.now() - since).toBeLessThan(4000);
    expect(runs(server)).toBe(false);
    expect(workplace.list()).toEqual(['server']);
  });
});

describe('a dev that is killed', () => {
  it('leaves neither its server nor its directory behind', async () => {
    const dev = startDev();
    await dev.said(READY);
    const server = findServer(dev);
    const group = listGroup(server);
    dev.kill('SIGKILL');
    expect((await dev.finished).exitCode).toBe(137);
    await until('all of its processes are gone', () => !group.some(runs));
    expect(workplace.list()).toEqual([]);
  });

  it('takes a server with it that does not end by itself, and what that has written', async () => {
    const path = writeServer(`trap '' TERM; touch "$(dirname "$2")/more"; echo 'Server is ready' >&2; exec sleep 1000`);
    const dev = startDev([], { NATS_SERVER: path });
    await dev.said(READY);
    const group = listGroup(findServer(dev));
    dev.kill('SIGKILL');
    await dev.finished;
    await until('all of its processes are gone', () => !group.some(runs));
    expect(workplace.list()).toEqual(['server']);
  });
});

describe('a server that does not say that it is ready', () => {
  it('is said to be waited for', async () => {
    const path = writeServer('exec sleep 1000');
    const dev = startDev([], { NATS_SERVER: path });
    await dev.said(`remaphore: ${path} is not ready yet: waiting for it\n`);
    dev.kill('SIGINT');
    expect(await dev.finished).toMatchObject({ exitCode: 130, stdout: '' });
  });
});

describe('when its server ends', () => {
  it('dev ends with 3, saying how, and leaves nothing behind', async () => {
    const dev = startDev();
    await dev.said(READY);
    killProcess(findServer(dev));
    const { exitCode, stderr } = await dev.finished;
    expect(exitCode).toBe(3);
    expect(stderr).toMatch(
      /remaphore: error: nats-server ended \(SIGKILL\); its last words: \[INF\] Server is ready\n$/,
    );
    expect(workplace.list()).toEqual([]);
  });

  it('dev shows its last words rather than what came after', async () => {
    const words = '[7] 2026/01/02 03:04:05.678901 [FTL] the moon is full';
    const path = writeServer(`echo 'Server is ready' >&2; echo '${words}' >&2; echo bye >&2; exit 9`);
    const { exitCode, stderr } = await startDev([], { NATS_SERVER: path }).finished;
    expect(exitCode).toBe(3);
    expect(stderr).toMatch(
      /remaphore: error: nats-server ended \(exit code 9\); its last words: \[FTL\] the moon is full\n$/,
    );
    expect(workplace.list()).toEqual(['server']);
  });

  it.each([
    ['before it was ready', 'exit 1', /^remaphore: error: nats-server ended \(exit code 1\) without a word\n$/],
    ['since it cannot be run', 'PATH= nothing', /^remaphore: error: nats-server ended \(exit code 127\)/],
  ])('%s, dev ends with 3 and nothing on standard output', async (_, text, message) => {
    const { exitCode, stdout, stderr } = await startDev([], { NATS_SERVER: writeServer(text) }).finished;
    expect({ exitCode, stdout }).toEqual({ exitCode: 3, stdout: '' });
    expect(stderr).toMatch(message);
    expect(workplace.list()).toEqual(['server']);
  });

  it('which is no program at all, dev ends with 3 and says so', async () => {
    const path = join(workplace.path, 'server');
    writeFileSync(path, '#!/nowhere\n', { mode: 0o755 });
    const { exitCode, stderr } = await startDev([], { NATS_SERVER: path }).finished;
    expect(exitCode).toBe(3);
    expect(stderr).toMatch(/^remaphore: error: nats-server ended \(exit code 12[67]\); .*\/server: .*\n$/);
    expect(workplace.list()).toEqual(['server']);
  });
});

describe('a port', () => {
  it('is the server’s when it is given', async () => {
    await using listener = await listen();
    const { port } = listener;
    await listener[Symbol.asyncDispose]();
    const dev = startDev(['--port', String(port), '--json']);
    await dev.said('ready');
    expect(readRecords(dev.stdout)[0]).toMatchObject({ server: `nats://127.0.0.1:${port}` });
    dev.kill('SIGINT');
    await dev.finished;
  });

  it('that is in use ends dev with 3, naming it, and leaves nothing behind', async () => {
    await using listener = await listen();
    const { exitCode, stdout, stderr } = await startDev(['--port', String(listener.port)]).finished;
    expect({ exitCode, stdout }).toEqual({ exitCode: 3, stdout: '' });
    expect(stderr).toBe(
      `remaphore: error: port ${listener.port} of 127.0.0.1 is in use: choose another with --port, or none\n`,
    );
    expect(workplace.list()).toEqual([]);
  });

  it('that was free and is taken meanwhile is followed by another, if none was given', async () => {
    const mark = join(workplace.path, 'mark');
    const path = writeServer(`
      if [ -e ${mark} ]; then exec ${NATS_SERVER} "$@"; fi
      touch ${mark}
      echo '[FTL] Error listening on port: bind: address already in use' >&2
      exit 1`);
    const dev = startDev([], { NATS_SERVER: path });
    await dev.said(READY);
    const [, config = ''] = readConfigs(dev.stdout)[0] ?? [];
    expect(await run(config, ['-s'])).toMatchObject({ exitCode: 0, stderr: '' });
    dev.kill('SIGINT');
    await dev.finished;
    expect(workplace.list()).toEqual(['mark', 'server']);
  });

  it('that is taken again and again is not tried for ever', async () => {
    const path = writeServer(`echo '[FTL] bind: address already in use' >&2; exit 1`);
    const { exitCode, stderr } = await startDev([], { NATS_SERVER: path }).finished;
    expect(exitCode).toBe(3);
    expect(stderr).toContain('address already in use');
    expect(workplace.list()).toEqual(['server']);
  });

  it.each(['0', '65536', 'x', '-1', '1.5'])('"%s" is refused', async (port) => {
    expect(await startDev(['--port', port]).finished).toMatchObject({ exitCode: 2, stdout: '' });
    expect(workplace.list()).toEqual([]);
  });
});

async function listen() {
  const listener = createServer().listen(0, '127.0.0.1');
  await once(listener, 'listening');
  return {
    port: (listener.address() as { port: number }).port,
    async [Symbol.asyncDispose]() {
      if (!listener.listening) return;
      listener.close();
      await once(listener, 'close');
    },
  };
}

describe('what dev refuses, with exit 2 and a clear line', () => {
  it.each<[string, string[], Record<string, string>, RegExp]>([
    [
      'a server that is not there',
      [],
      { NATS_SERVER: '/none' },
      /NATS_SERVER is \/none, which cannot be run\n.*hint: install/,
    ],
    ['a name with *', ['--nodes', 'a.*'], {}, /node "a\.\*": a node is named without \*/],
    ['a name twice', ['--nodes', 'a.b,a.b'], {}, /node a\.b is given twice/],
    ['names that differ in case only', ['--nodes', 'A.b,a.B'], {}, /nodes A\.b and a\.B differ in case only/],
    ['the reserved verb', ['--verbs', 'reply'], {}, /reply is the verb of replies/],
    ['a word', ['net'], {}, /dev: unexpected word "net"/],
    [
      'a temporary directory that is not there',
      [],
      { TMPDIR: '/none/tmp' },
      /there is no directory \/none\/tmp to make/,
    ],
  ])('%s', async (_, words, env, message) => {
    const { exitCode, stdout, stderr } = await startDev(words, env).finished;
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toMatch(message);
    expect(stderr).toMatch(/^remaphore: error: [^\n]+\n(remaphore: hint: [^\n]+\n)?$/);
    expect(workplace.list()).toEqual([]);
  });
});

describe('when the reader of its standard output goes', () => {
  it('dev ends as by SIGPIPE, without a trace of it, its server or its directory', async () => {
    const script = '"$REMAPHORE" dev | head -n 1; echo "$PIPESTATUS"';
    const { stdout, stderr } = await runShell('', script, { env: { TMPDIR: workplace.path } });
    expect(stdout).toMatch(/^export REMAPHORE_CONFIG=\S+\/com\.example\.left\.conf\n141\n$/);
    expect(stderr).toBe(READY);
    expect(workplace.list()).toEqual([]);
  });

  it('before anything is written, dev ends the same way', async () => {
    const script = '"$REMAPHORE" dev | true; echo "$PIPESTATUS"';
    const { stdout } = await runShell('', script, { env: { TMPDIR: workplace.path } });
    expect(stdout).toBe('141\n');
    expect(workplace.list()).toEqual([]);
  });
});
