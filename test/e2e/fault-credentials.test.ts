// Credentials that expire while a host waits: whatever it does ends with 3, at once, and nothing of it is left.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { HOLDING, isRunning, untilHeld } from '../helpers/locks.ts';
import { createNetwork, type TestNetwork, type TestNode } from '../helpers/network.ts';
import { createTestOperator, type TestOperator } from '../helpers/operator.ts';
import { type Program, run, start } from '../helpers/program.ts';
import { openScripts } from '../helpers/scripts.ts';
import { startServer, type TestServer } from '../helpers/server.ts';
import { type SlowScript, writeSlow } from '../helpers/slow-script.ts';

/** Until when everything has to be under way. */
const VALID_S = 8;

const scripts = openScripts();
let directory: string;
let operator: TestOperator;
let server: TestServer;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'credentials-'));
  operator = await createTestOperator(directory);
  server = await startServer(await operator.settings(), { jetStream: true });
});

afterAll(async () => {
  rmSync(directory, { recursive: true, force: true });
  await server[Symbol.asyncDispose]();
});

/** Two hosts: the credentials of the second expire soon. */
async function createHosts(): Promise<TestNetwork> {
  const lasting = await operator.createUser('lasting');
  const brief = await operator.createUser('brief', { expires: Math.floor(Date.now() / 1000) + VALID_S });
  return createNetwork(server.url, [
    { destination: 'com.crypto.us.left', lines: `credentials: ${lasting.credentials}` },
    { destination: 'com.crypto.us.right', lines: `credentials: ${brief.credentials}` },
  ]);
}

describe('credentials that expire', () => {
  it('end with 3 whatever still waits by them, at once and with what it has started', async () => {
    using network = await createHosts();
    const [left, right] = network.nodes as [TestNode, TestNode];
    expect((await run(left.config, ['history', 'create', '-S', 'kept'])).exitCode).toBe(0);
    const [plain, durable, last] = ['plain', 'durable', 'last'].map((name) => writeSlow(scripts, name)) as [
      SlowScript,
      SlowScript,
      SlowScript,
    ];
    const begin = (...args: string[]): Program => {
      const program = start(right.config, args);
      onTestFinished(async () => {
        program.kill('SIGKILL');
        await program.finished;
      });
      return program;
    };
    const waiting = {
      receiver: begin('-u', 'never'),
      running: begin('-S', 'plain', plain.path),
      durable: begin('--durable', 'work', '-S', 'kept', durable.path),
      since: begin('--since', '1h', '-S', 'kept', '-v', 'never'),
      follow: begin('history', '--follow', '-S', 'kept', '-v', 'never'),
      barrier: begin('barrier', 'never', '--parties', '2'),
      lock: begin('lock', 'held', '--ttl', '4s', '--', ...HOLDING),
    };
    // What it waits for comes; from then on it needs no server.
    const once = begin('-o', '-S', 'once', last.path);
    await Promise.all([once, waiting.running, waiting.durable].map((program) => program.said('remaphore: ready')));
    const holder = await untilHeld(waiting.lock);
    const waiter = begin('lock', 'held', '--', 'true');
    const asking = begin('-r', '-S', 'plain', '-D', '**', 'asked');
    await run(left.config, ['-s', '-S', 'kept', 'kept']);
    await run(left.config, ['-s', '-S', 'once', 'last']);
    await Promise.all([plain, durable, last].map((script) => script.untilRan(1)));
    for (const [name, program] of Object.entries({ ...waiting, waiter, asking })) {
      const { exitCode, stderr } = await program.finished;
      expect({ name, exitCode, stderr }).toMatchObject({ name, exitCode: 3, stderr: expect.stringMatching(/error: /) });
      if (name !== 'lock') expect({ name, stderr }).toMatchObject({ name, stderr: expect.stringMatching(/expired/i) });
    }
    expect(isRunning(holder.pid)).toBe(false);
    last.letEnd();
    expect(await once.finished).toMatchObject({ exitCode: 0, stdout: 'done last\n' });
    expect([...plain.left, ...durable.left, ...last.left]).toEqual([]);
    expect({ plain: plain.ran, durable: durable.ran }).toEqual({ plain: ['asked'], durable: ['kept'] });
  });
});
