// Makes dist/program.cache: V8's code cache of the program, with all functions that its usual acts call. The acts are
// done for real, one after the other, each from the cache that the one before left, with a broker that does as much as
// they need.

import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fmtCreds } from '@nats-io/jwt';
import { createUser } from '@nats-io/nkeys';

/**
 * A broker without users: whatever is published goes to who is subscribed to exactly that subject.
 *
 * @returns {Promise<import('node:net').Server>}
 */
async function startBroker() {
  /** @type {Set<{ subject: string, sid: string, socket: import('node:net').Socket }>} */
  const subscriptions = new Set();
  const broker = createServer((socket) => {
    let received = Buffer.alloc(0);
    socket.on('error', () => {});
    socket.write(`INFO ${JSON.stringify({ version: '2.10.0', headers: true, max_payload: 1048576, nonce: 'n' })}\r\n`);
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
      for (let end = received.indexOf('\r\n'); end !== -1; end = received.indexOf('\r\n')) {
        const [verb, subject = '', ...words] = received.toString('latin1', 0, end).split(' ');
        const size = verb === 'PUB' ? Number(words.at(-1)) : 0;
        const start = end + 2;
        if (received.length < start + size) return;
        if (verb === 'PING') socket.write('PONG\r\n');
        if (verb === 'SUB') subscriptions.add({ subject, sid: words[0] ?? '', socket });
        if (verb === 'PUB') {
          for (const subscription of subscriptions) {
            if (subscription.subject !== subject) continue;
            subscription.socket.write(`MSG ${subject} ${subscription.sid} ${size}\r\n`);
            subscription.socket.write(Buffer.concat([received.subarray(start, start + size), Buffer.from('\r\n')]));
          }
        }
        received = received.subarray(verb === 'PUB' ? start + size + 2 : start);
      }
    });
  });
  broker.listen(0, '127.0.0.1');
  await once(broker, 'listening');
  return broker;
}

/** How long one act may take. */
const LIMIT_MS = 20_000;

/** Runs the program as bin/remaphore.js does, and leaves the cache behind. */
const RECORD = `
  const { createHash } = require('node:crypto');
  const { existsSync, readFileSync, writeFileSync } = require('node:fs');
  const { createRequire } = require('node:module');
  const { Script } = require('node:vm');
  const [starter, filename, cache] = process.argv.splice(1, 3, 'remaphore');
  const cachedData = existsSync(cache) ? readFileSync(cache).subarray(32) : undefined;
  const source = readFileSync(filename);
  const program = new Script(source.toString('latin1'), { filename, cachedData });
  process.on('exit', () => {
    const data = program.createCachedData();
    writeFileSync(cache, Buffer.concat([createHash('sha256').update(source).update(data).digest(), data]));
  });
  program.runInThisContext()(createRequire(starter));`;

/**
 * Makes the code cache of the program in a directory.
 *
 * @param {string} starter the file that runs the program
 * @param {string} dist where program.js is, and program.cache will be
 */
export async function makeCodeCache(starter, dist) {
  const directory = mkdtempSync(join(tmpdir(), 'remaphore-build-'));
  const broker = await startBroker();
  try {
    const { port } = /** @type {import('node:net').AddressInfo} */ (broker.address());
    const env = { ...process.env, NODE_OPTIONS: '', REMAPHORE_CONFIG: join(directory, 'remaphore.conf') };
    writeFileSync(join(directory, 'creds'), fmtCreds('token', createUser()), { mode: 0o600 });
    const program = [starter];
    const recorder = ['-e', RECORD, starter, join(dist, 'program.js'), join(dist, 'program.cache')];
    const start = (/** @type {string[]} */ words) =>
      spawn(process.execPath, words, { env, stdio: ['ignore', 'ignore', 'pipe'] });
    const example = execFileSync(process.execPath, [...program, '-C'], { env, encoding: 'utf8' })
      .replace('127.0.0.1:4222', `127.0.0.1:${port}`)
      .replace('credentials: none', `credentials: ${join(directory, 'creds')}`);
    writeFileSync(env.REMAPHORE_CONFIG, example, { mode: 0o600 });

    await finish(start([...recorder, '-s', '-u', 'first']));
    /** @type {[string[], string[]][]} */
    const pairs = [
      [
        [...recorder, '-u', 'second'],
        [...program, '-s', '-u', 'second'],
      ],
      [
        [...recorder, '-o', 'true'],
        [...program, '-r'],
      ],
      [
        [...program, '-o'],
        [...recorder, '-r'],
      ],
    ];
    for (const [receiver, sender] of pairs) {
      const receiving = start(receiver);
      await ready(receiving);
      await Promise.all([finish(receiving), finish(start(sender))]);
    }
  } finally {
    broker.close();
    rmSync(directory, { recursive: true, force: true });
  }
}

/** @param {import('node:child_process').ChildProcess} child */
async function ready(child) {
  const limit = setTimeout(() => child.kill(), LIMIT_MS);
  for await (const line of createInterface({ input: /** @type {NodeJS.ReadableStream} */ (child.stderr) })) {
    clearTimeout(limit);
    if (line === 'remaphore: ready') return;
    throw new Error(`making the code cache: ${line}`);
  }
  throw new Error('making the code cache: a receiver ended, or was not ready in time');
}

/** @param {import('node:child_process').ChildProcess} child */
async function finish(child) {
  let said = '';
  child.stderr?.on('data', (chunk) => {
    said += chunk;
  });
  const limit = setTimeout(() => child.kill(), LIMIT_MS);
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  clearTimeout(limit);
  if (child.exitCode === 0) return;
  throw new Error(`making the code cache: the program ended with ${child.exitCode ?? child.signalCode}: ${said}`);
}
