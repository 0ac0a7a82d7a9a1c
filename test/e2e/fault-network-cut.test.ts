// A network that is cut between hosts and their server: nobody closes a connection, and nothing comes through.

import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { type Cable, findCableFault, layCable } from '../helpers/cable.ts';
import { HOLDING, isRunning, untilGone, untilHeld } from '../helpers/locks.ts';
import { createNetwork, type TestNetwork, type TestNode } from '../helpers/network.ts';
import { type Ended, type Program, run, start } from '../helpers/program.ts';
import { openScripts } from '../helpers/scripts.ts';
import { writeSlow } from '../helpers/slow-script.ts';

const LOST = 'remaphore: connection to the server lost, reconnecting\n';
const BACK = 'remaphore: connected to a server again\n';

const fault = findCableFault();
const scripts = openScripts();
let cable: Cable;
let network: TestNetwork;
/** where the server is */
let here: TestNode;
/** at the other end of the cable */
let there: TestNode;

beforeAll(async () => {
  if (fault !== undefined) return;
  cable = await layCable();
  network = createNetwork(cable.url, ['com.crypto.us.here', 'com.crypto.us.there']);
  [here, there] = network.nodes as [TestNode, TestNode];
});

afterAll(async () => {
  if (fault !== undefined) return;
  network[Symbol.dispose]();
  await cable[Symbol.asyncDispose]();
});

/** Starts the program at the far end; it is killed with the test. */
function startThere(...args: string[]): Program {
  const program = start(there.config, args, { file: cable.far });
  onTestFinished(async () => {
    program.kill('SIGKILL');
    await program.finished;
  });
  return program;
}

async function listenThere(...args: string[]): Promise<Program> {
  const program = startThere(...args);
  await program.said('remaphore: ready');
  return program;
}

async function runHere(...args: string[]): Promise<Ended> {
  return run(here.config, args, { file: cable.near });
}

async function sendFromHere(...args: string[]): Promise<void> {
  expect(await runHere('-s', ...args)).toEqual({ exitCode: 0, stdout: '', stderr: '' });
}

describe('a network that is cut for a moment', () => {
  it('costs nobody anything: what was sent meanwhile arrives, and nothing is said', async ({ skip }) => {
    skip(fault !== undefined, fault);
    const receiver = await listenThere('-u', 'moment', '-t', '30s');
    const responder = await listenThere('-v', 'answer', '-o', '-t', '30s', 'echo', 'here');
    cable.pull();
    await sendFromHere('-u', 'moment', 'late');
    const asking = start(here.config, ['-r', '-v', 'answer', '-D', there.destination, '-t', '30s'], {
      file: cable.near,
    });
    cable.plug();
    expect(await receiver.finished).toEqual({ exitCode: 0, stdout: 'late\n', stderr: 'remaphore: ready\n' });
    expect(await asking.finished).toEqual({ exitCode: 0, stdout: `${there.destination},0,here answer\n`, stderr: '' });
    expect((await responder.finished).stderr).toBe('remaphore: ready\n');
  });
});

describe('a network that is cut for longer than the ping interval', () => {
  it('is noticed, and each act keeps its promise when it is back', async ({ skip }) => {
    skip(fault !== undefined, fault);
    await runHere('history', 'create', '-S', 'kept');
    const script = writeSlow(scripts, 'running');
    const durableScript = writeSlow(scripts, 'durable');
    durableScript.letEnd();

    const receiver = await listenThere('-u', 'cut', '-S', 'plain', '-t', '45s');
    const responder = await listenThere('-v', 'work', '-n', '2', '-t', '45s', script.path);
    const durable = await listenThere('--durable', 'work', '-S', 'kept', '-t', '45s', durableScript.path);
    const party = startThere('barrier', 'cut', '--parties', '2', '-t', '45s');
    const lasting = await untilHeld(startThere('lock', 'lasting', '--', ...HOLDING));
    const brief = await untilHeld(startThere('lock', 'brief', '--ttl', '6s', '--', ...HOLDING));
    const asking = start(here.config, ['-r', '-v', 'work', '-D', there.destination, '-t', '45s', 'first'], {
      file: cable.near,
    });
    await script.untilRan(1);
    await sendFromHere('-S', 'kept', 'before');
    await durableScript.untilRan(1);

    cable.pull();
    await sendFromHere('-S', 'kept', 'meanwhile');
    await sendFromHere('-v', 'work', 'lost');
    // The script ends while its reply cannot be sent.
    script.letEnd();
    const sender = startThere('-s', '-S', 'kept', '-t', '45s', 'from there');
    // Nobody else has the lock before its holder's command is gone.
    const next = await runHere(
      'lock',
      'brief',
      '-t',
      '30s',
      '--',
      'sh',
      '-c',
      `ps -o state= -p ${brief.pid}; echo next`,
    );
    expect(next).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^(Z.*\n)?next\n$/) });
    expect((await brief.program.finished).exitCode).toBe(3);
    for (const program of [receiver, responder, durable, party, lasting.program]) await program.said(LOST);
    cable.plug();
    for (const program of [receiver, responder, durable, party, lasting.program]) await program.said(BACK);

    expect(await asking.finished).toMatchObject({ exitCode: 0, stdout: `${there.destination},0,done first\n` });
    await sendFromHere('-u', 'cut', '-S', 'plain', 'heard');
    expect(await receiver.finished).toMatchObject({ exitCode: 0, stdout: 'heard\n' });
    await sendFromHere('-v', 'work', 'second');
    expect((await responder.finished).exitCode).toBe(0);
    expect(script.ran).toEqual(['first', 'second']);
    expect(script.left).toEqual([]);
    expect((await sender.finished).exitCode).toBe(0);
    await durableScript.untilRan(3);
    expect([...durableScript.ran].sort()).toEqual(['before', 'from there', 'meanwhile']);
    expect((await runHere('barrier', 'cut', '--parties', '2', '-t', '30s')).exitCode).toBe(0);
    expect((await party.finished).exitCode).toBe(0);
    expect(isRunning(lasting.pid)).toBe(true);
    await lasting.letGo();
    await untilGone(lasting.pid);
  });
});
