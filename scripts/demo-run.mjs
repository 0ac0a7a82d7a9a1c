// The demonstration itself: one host uploads, two wait for it, then it asks both how they are. Everything it makes is
// in a temporary directory and goes with it.

import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { root } from './install.mjs';

const HOSTS = {
  uploader: 'com.example.uploader',
  left: 'com.example.us.left',
  right: 'com.example.us.right',
};

/**
 * Runs the demonstration.
 *
 * @param {string} natsServer path of the server's executable
 * @returns {Promise<number>} exit code: 0 when every step went as it should
 */
export async function runDemo(natsServer) {
  const directory = mkdtempSync(join(tmpdir(), 'remaphore-demo-'));
  // What its hosts accept is forgotten with it.
  process.env.XDG_STATE_HOME = directory;
  /** @type {import('node:child_process').ChildProcess[]} */
  const children = [];
  // Ctrl-C reaches the children too; what is left to do is to leave nothing behind.
  process.once('SIGINT', () => {
    rmSync(directory, { recursive: true, force: true });
    process.exit(130);
  });
  try {
    const port = await findFreePort();
    makeNetwork(directory, port);
    console.log('\nStarting a nats-server in operator mode, with credentials for three hosts.');
    const server = spawn(natsServer, ['-c', join(directory, 'network/nats-server.conf')], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    children.push(server);
    await waitForLine(server, server.stderr, 'Server is ready');

    const terminal = (/** @type {keyof typeof HOSTS} */ host, /** @type {string} */ command) => {
      const shell = openTerminal(directory, host, command);
      children.push(shell.child);
      return shell;
    };

    console.log('\n1. Two hosts wait for an upload; the third one uploads and signals.\n');
    const waiting = [
      terminal('left', 'remaphore -u upload_done -t 30s && echo "downloading bigfile"'),
      terminal('right', 'remaphore -u upload_done -t 30s && echo "downloading bigfile"'),
    ];
    await Promise.all(waiting.map((shell) => shell.ready));
    const upload = terminal('uploader', 'echo "uploading bigfile" && remaphore -s -u upload_done');
    const first = await Promise.all([upload, ...waiting].map((shell) => shell.exitCode));

    console.log('\n2. Both listen for the verb "status" and run a script; the third one asks, and both answer.\n');
    const listening = [
      terminal('left', 'remaphore -o -v status -t 30s ./status.sh'),
      terminal('right', 'remaphore -o -v status -t 30s ./status.sh'),
    ];
    await Promise.all(listening.map((shell) => shell.ready));
    const ask = terminal('uploader', 'remaphore -r -D "com.example.us.**" -v status --require all -t 10s');
    const second = await Promise.all([ask, ...listening].map((shell) => shell.exitCode));

    const good = [...first, ...second].every((code) => code === 0);
    console.log(good ? '\nEvery step exited 0.' : '\nSomething went wrong: see above.');
    return good ? 0 : 1;
  } finally {
    for (const child of children) child.kill('SIGTERM');
    await Promise.all(children.map((child) => child.exitCode ?? child.signalCode ?? once(child, 'exit')));
    rmSync(directory, { recursive: true, force: true });
  }
}

/**
 * Makes the network with the program itself, and what is on each host besides.
 *
 * @param {string} directory
 * @param {number} port
 */
function makeNetwork(directory, port) {
  const program = join(directory, 'bin/remaphore');
  mkdirSync(join(directory, 'bin'));
  symlinkSync(join(root, 'bin/remaphore.js'), program);
  const nodes = Object.values(HOSTS).join();
  const words = ['--nodes', nodes, '--server', `nats://127.0.0.1:${port}`, '--verbs', 'ping,status'];
  execFileSync(program, ['init', join(directory, 'network'), ...words], { stdio: ['ignore', 'ignore', 'inherit'] });
  writeFileSync(
    join(directory, 'status.sh'),
    '#!/bin/sh\necho "up and running"\necho "asked by $REMAPHORE_SENDER_DESTINATION"\n',
  );
  chmodSync(join(directory, 'status.sh'), 0o755);
}

/**
 * Runs a command as a person on that host would, and shows what the terminal shows.
 *
 * @param {string} directory
 * @param {keyof typeof HOSTS} host
 * @param {string} command
 */
function openTerminal(directory, host, command) {
  const show = (/** @type {string} */ line) => console.log(`${`${host}`.padEnd(8)} | ${line}`);
  show(`$ ${command}`);
  const child = spawn('bash', ['-c', command], {
    cwd: directory,
    env: {
      ...process.env,
      PATH: `${join(directory, 'bin')}:${process.env.PATH}`,
      REMAPHORE_CONFIG: join(directory, 'network', `${HOSTS[host]}.conf`),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  createInterface({ input: child.stdout }).on('line', show);
  createInterface({ input: child.stderr }).on('line', show);
  return {
    child,
    ready: waitForLine(child, child.stderr, 'remaphore: ready'),
    exitCode: once(child, 'close').then(([code]) => code),
  };
}

/**
 * @param {import('node:child_process').ChildProcess} child
 * @param {import('node:stream').Readable} stream
 * @param {string} text
 * @returns {Promise<void>}
 */
function waitForLine(child, stream, text) {
  const found = new Promise((resolve, reject) => {
    createInterface({ input: stream }).on('line', (line) => line.includes(text) && resolve(undefined));
    child.once('error', reject);
    child.once('close', (code) => reject(new Error(`it ended with ${code} before it said "${text}"`)));
  });
  found.catch(() => {});
  return found;
}

async function findFreePort() {
  const listener = createServer().listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const address = listener.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  listener.close();
  await once(listener, 'close');
  return port;
}
