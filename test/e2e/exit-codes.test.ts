// Each row of the table of exit codes once; what leads to them is tested closer elsewhere.

import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createNetwork } from '../helpers/network.ts';
import { run, startReady, startShell } from '../helpers/program.ts';
import { startServer } from '../helpers/server.ts';
import { openSite } from '../helpers/site.ts';

const site = openSite(['com.left', 'com.right']);
const [left, right] = site.nodes;

/** A server that lets a client connect, and then never confirms anything: what a client has subscribed to is unknown. */
async function startDeafServer(): Promise<Server> {
  const server = createServer((socket) => {
    let greeted = false;
    socket.on('error', () => {});
    socket.write('INFO {"server_id":"deaf","version":"2.10.0","proto":1,"max_payload":1048576,"headers":true}\r\n');
    socket.on('data', (data) => {
      if (!greeted && data.includes('PING')) socket.write('PONG\r\n');
      greeted ||= data.includes('PING');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

describe('the exit code', () => {
  it('is 0 when a message was sent, though nobody listens', async () => {
    expect(await run(left.config, ['-s', '-S', 'deserted'])).toEqual({ exitCode: 0, stdout: '', stderr: '' });
  });

  it('is 0 when a message came, and so it is when a reply came', async () => {
    const receiver = await startReady(right.config, ['-o', '-t', '20s']);
    expect((await run(left.config, ['-r', '-D', 'com.right', '-t', '20s'])).exitCode).toBe(0);
    expect((await receiver.finished).exitCode).toBe(0);
  });

  it('is 1 when nothing came in time', async () => {
    expect((await run(right.config, ['-t', '1s'])).exitCode).toBe(1);
  });

  it('is 1 when nobody answered', async () => {
    expect((await run(left.config, ['-r', '-S', 'deserted', '-t', '1s'])).exitCode).toBe(1);
  });

  it('is 2 when the command line is wrong, or the configuration', async () => {
    expect((await run(left.config, ['-t', 'soon'])).exitCode).toBe(2);
    expect((await run('/dev/null', ['-s'])).exitCode).toBe(2);
  });

  it('is 3 for a receiver that was not connected any more when the time ran out, not 1', async () => {
    await using gone = await startServer();
    using hosts = createNetwork(gone.url, ['com.a']);
    const receiver = await startReady(hosts.nodes[0]?.config as string, ['-t', '3s']);
    await gone.stop();
    const { exitCode, stderr } = await receiver.finished;
    expect(exitCode).toBe(3);
    expect(stderr).toMatch(/\nremaphore: error: not connected [^\n]*\n$/);
  });

  it.each([
    ['a receiver', ['-t', '2s']],
    ['a sender', ['-s', '-t', '2s']],
    ['a request', ['-r', '-t', '2s']],
  ])('is 3 for %s whose subscription or message the server never confirmed, not 1', async (_, args) => {
    const deaf = await startDeafServer();
    const { port } = deaf.address() as { port: number };
    using hosts = createNetwork(`nats://127.0.0.1:${port}`, ['com.a']);
    const { exitCode, stderr } = await run(hosts.nodes[0]?.config as string, args);
    deaf.close();
    expect(stderr).not.toContain('ready');
    expect(stderr).toMatch(/remaphore: error: [^\n]+\n$/);
    expect(exitCode).toBe(3);
  });

  it('is 4 when replies came, but fewer than --require asked for', async () => {
    const receiver = await startReady(right.config, ['-o', '-t', '20s']);
    expect((await run(left.config, ['-r', '-t', '2s', '--require', 'all'])).exitCode).toBe(4);
    await receiver.finished;
  });

  it('is 70 for a bug, the only case with a stack', async () => {
    // What cannot be provoked from outside is put in: an error that nobody expects, while a receiver waits. Each runtime
    // has a variable of its own for that.
    const bug = join(site.directory, 'bug.mjs');
    writeFileSync(bug, 'setTimeout(() => { throw new Error("put in") }, 500)');
    const env = { NODE_OPTIONS: `--import=${bug}`, BUN_OPTIONS: `--preload=${bug}` };
    const { exitCode, stderr } = await run(right.config, ['-t', '20s'], { env });
    expect(exitCode).toBe(70);
    expect(stderr).toMatch(/remaphore: error: bug: Error: put in.* at /);
  });

  it('is 128 and the signal’s number when a signal ended it', async () => {
    const receiver = await startReady(right.config, ['-t', '20s']);
    receiver.kill('SIGTERM');
    expect((await receiver.finished).exitCode).toBe(128 + 15);
  });

  it('is the script’s own with -e', async () => {
    const receiver = await startReady(right.config, ['-o', '-e', '-t', '20s', 'sh', '-c', 'exit 42']);
    await run(left.config, ['-s']);
    expect((await receiver.finished).exitCode).toBe(42);
  });

  it('lets a shell go on after && only when something came', async () => {
    const shell = startShell(
      right.config,
      '"$REMAPHORE" -u never -t 1s && echo on; "$REMAPHORE" -u x -t 20s && echo on',
    );
    await shell.said('remaphore: ready\nremaphore: nothing came in 1 s\nremaphore: ready\n');
    await run(left.config, ['-s', '-u', 'x']);
    expect((await shell.finished).stdout).toBe('on\n');
  });
});
