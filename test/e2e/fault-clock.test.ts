// The clock of one host is set by an hour while its program runs: nothing is run twice, no wait is cut short or drawn out,
// what is refused because of it is said, and once the clock is right everything works again.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { openDurableChannel } from '../helpers/durable.ts';
import { collect, entrySubject } from '../helpers/entries.ts';
import { createFakeClock, type FakeClock, HOUR_MS, hasFaketime } from '../helpers/faketime.ts';
import { openKeptSite } from '../helpers/kept.ts';
import { HOLDING, hold, isRunning, untilHeld, untilWaiting } from '../helpers/locks.ts';
import { until } from '../helpers/processes.ts';
import { type Program, run, start, startReady } from '../helpers/program.ts';
import { openScripts } from '../helpers/scripts.ts';
import { connectWire, type Wire } from '../helpers/wire.ts';

/** An hour is far more, and a machine that is busy delays nothing by as much. */
const site = openKeptSite('allow_skew: 20s');
const { left, right } = site;
const scripts = openScripts();
let wire: Wire;

beforeAll(async () => {
  wire = await connectWire(site.server.url);
});

afterAll(() => wire[Symbol.asyncDispose]());

const STEPS = [
  ['ahead', HOUR_MS],
  ['back', -HOUR_MS],
] as const;

/** A script that notes its payload in the file `ran`. */
const noting = () => scripts.write('note', `echo "$2" >>${join(scripts.path, 'ran')}`);
const ran = () => scripts.lines('ran');
const untilRan = (payload: string) => until(`${payload} has run`, () => ran().includes(payload));

/** A script that says that it is up, and then waits until it is let go. */
function writeGated() {
  const [up, gate] = [join(scripts.path, 'up'), join(scripts.path, 'gate')];
  return {
    script: scripts.write('gated', `echo "$2" >>${up}\nwhile ! [ -e ${gate} ]; do sleep 0.02; done\necho done`),
    untilUp: () => until('the script is up', () => scripts.lines('up').length > 0),
    letGo: () => writeFileSync(gate, ''),
  };
}

/** Starts a receiver, which ends with the test at the latest, and waits until it is ready. */
async function receive(args: readonly string[], clock?: FakeClock): Promise<Program> {
  const receiver = await startReady(right.config, ['-t', '45s', ...args], { env: clock?.env ?? {} });
  onTestFinished(async () => {
    receiver.kill('SIGKILL');
    await receiver.finished;
  });
  return receiver;
}

async function end(program: Program): Promise<void> {
  program.kill('SIGTERM');
  expect((await program.finished).exitCode).toBe(143);
}

describe.skipIf(!hasFaketime).each(STEPS)('a receiver whose clock is set an hour %s while it waits', (how, offMs) => {
  it('says why it refuses what comes, and acts again once it is set right, on nothing twice', async () => {
    const clock = createFakeClock();
    const receiver = await receive(['--explain', noting()], clock);
    const first = site.message({ payload: 'before' });
    await wire.publish(first);
    await untilRan('before');
    clock.set(offMs);
    await wire.publish(site.message({ payload: 'meanwhile' }));
    await receiver.said('is a clock wrong?');
    expect(receiver.stderr).toMatch(
      how === 'ahead'
        ? /, sent 1 h ago, allowed 20 s: is a/
        : /, sent (1 h|59 m \d+ s) in the future, allowed 20 s: is a/,
    );
    clock.set(0);
    await wire.publish(first, site.message({ payload: 'after' }));
    await untilRan('after');
    expect(ran()).toEqual(['before', 'after']);
    await receiver.said('ignored: replay');
    await end(receiver);
  });

  it('acts on nothing twice though others’ clocks are as wrong, and what they sent is sent again', async () => {
    const clock = createFakeClock();
    const receiver = await receive([noting()], clock);
    const before = site.message({ payload: 'before' });
    await wire.publish(before);
    await untilRan('before');
    clock.set(offMs);
    const wrong = site.message({ payload: 'as wrong', timeMs: Date.now() + offMs });
    await wire.publish(wrong);
    await untilRan('as wrong');
    clock.set(0);
    await wire.publish(before, wrong, site.message({ payload: 'after' }));
    await untilRan('after');
    clock.set(offMs);
    await wire.publish(wrong, site.message({ payload: 'as wrong again', timeMs: Date.now() + offMs }));
    await untilRan('as wrong again');
    expect(ran()).toEqual(['before', 'as wrong', 'after', 'as wrong again']);
    await end(receiver);
  });

  it('is not deaf once it is set right, though it has forgotten what it acted on meanwhile', async () => {
    const clock = createFakeClock();
    const receiver = await receive(['--explain', noting()], clock);
    // What comes a minute after another one has that one forgotten, and what came first is the oldest or the newest.
    for (const offsetMs of [offMs, offMs + 60_000, offMs + 120_000]) {
      clock.set(offsetMs);
      await wire.publish(site.message({ payload: `wrong ${offsetMs}`, timeMs: Date.now() + offsetMs }));
      await untilRan(`wrong ${offsetMs}`);
    }
    clock.set(0);
    await wire.publish(site.message({ payload: 'right' }));
    await untilRan('right');
    await end(receiver);
  });

  it('answers in a way that counts once it is set right, though it has answered meanwhile', async () => {
    const clock = createFakeClock();
    const { script, untilUp, letGo } = writeGated();
    const receiver = await receive([script], clock);
    const reply = wire.ask(site.message({ wantsReply: true }));
    await untilUp();
    clock.set(offMs);
    letGo();
    expect(await reply).toMatchObject({ exitCode: 0, text: 'done\n' });
    clock.set(0);
    const { exitCode, stdout } = await run(left.config, ['-r', '-D', right.destination, '-t', '20s']);
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: `${right.destination},0,done\n` });
    await end(receiver);
  });
});

describe.skipIf(!hasFaketime).each(STEPS)('a wait with -t during which the clock is set an hour %s', (how, offMs) => {
  it('is as long as it says, whatever is waited for', async () => {
    const channel = await site.createChannel();
    const kept = ['-S', channel, '-t', '7s'];
    site.client.subscribe('remaphore.silent');
    await site.client.flush();
    const name = `waited for, ${how}`;
    const holder = await hold(left, name);
    const clock = createFakeClock();
    const startMs = performance.now();
    const begin = (...args: string[]) => start(right.config, args, { env: clock.env });
    const waits: [Program, exitCode: number, says: string][] = [
      [begin('-v', 'never', '-t', '7s'), 1, 'nothing came in 7 s'],
      [begin(...kept, '--since', '10m'), 1, 'nothing came in 7 s'],
      [begin(...kept, '--durable', 'waits'), 1, 'nothing came in 7 s'],
      [begin('-r', '-S', 'silent', '-t', '7s'), 1, 'no answer from: '],
      [begin('lock', name, '-t', '7s', 'true'), 1, `lock ${name} was not obtained in 7 s`],
      // What it would say on leaving is signed with a time that nobody takes.
      [begin('barrier', name, '--parties', '2', '-t', '7s'), 3, ''],
    ];
    for (const [program] of waits.slice(0, 3)) await program.said('ready');
    await untilWaiting(left, name, 1);
    clock.set(offMs);
    for (const [program, code, says] of waits) {
      const { exitCode, stderr } = await program.finished;
      expect({ says, exitCode, stderr }).toMatchObject({ exitCode: code, stderr: expect.stringContaining(says) });
      expect(performance.now() - startMs).toBeGreaterThan(7000);
    }
    expect(performance.now() - startMs).toBeLessThan(30_000);
    await holder.letGo();
  });
});

describe.skipIf(!hasFaketime).each(STEPS)('who asks and has the clock set an hour %s', (_, offMs) => {
  it('is told that a reply does not count, and who has not answered', async () => {
    const { script, untilUp, letGo } = writeGated();
    const responder = await receive([script]);
    const clock = createFakeClock();
    const asker = start(left.config, ['-r', '-D', right.destination, '-t', '40s'], { env: clock.env });
    await untilUp();
    clock.set(offMs);
    letGo();
    await asker.said('reply dropped: its time is too far from this clock');
    asker.kill('SIGTERM');
    const { exitCode, stdout, stderr } = await asker.finished;
    expect({ exitCode, stdout }).toEqual({ exitCode: 143, stdout: '' });
    expect(stderr).toContain(`no answer from: ${right.destination}`);
    await end(responder);
  });

  it('gets the reply if the clock is right again when it comes', async () => {
    const { script, untilUp, letGo } = writeGated();
    const responder = await receive([script]);
    const clock = createFakeClock();
    const asker = start(left.config, ['-r', '-D', right.destination, '-t', '20s'], { env: clock.env });
    await untilUp();
    clock.set(offMs);
    clock.set(0);
    letGo();
    expect(await asker.finished).toMatchObject({ exitCode: 0, stdout: `${right.destination},0,done\n`, stderr: '' });
    await end(responder);
  });
});

describe.skipIf(!hasFaketime).each(STEPS)('a sender whose clock is an hour %s', (how, offMs) => {
  it('ends with 0, and who is reached and does not act says why', async () => {
    const receiver = await receive(['--explain', noting()]);
    const clock = createFakeClock(offMs);
    expect((await run(left.config, ['-s', 'wrong'], { env: clock.env })).exitCode).toBe(0);
    await receiver.said(`${how === 'ahead' ? 'in the future' : 'ago'}, allowed 20 s: is a clock wrong?`);
    clock.set(0);
    expect((await run(left.config, ['-s', 'right'], { env: clock.env })).exitCode).toBe(0);
    await untilRan('right');
    expect(ran()).toEqual(['right']);
    await end(receiver);
  });
});

describe.skipIf(!hasFaketime)('what is kept', () => {
  it('is not lost, nor taken twice, with --since, when the clock is ahead by less than that', async () => {
    const channel = await site.createChannel();
    const clock = createFakeClock();
    const send = (text: string) => run(left.config, ['-s', '-S', channel, text]);
    await send('kept');
    const receiver = await receive(['-S', channel, '--since', '2h', '-n', '3'], clock);
    await receiver.printed('kept\n');
    clock.set(HOUR_MS);
    await send('meanwhile');
    await receiver.printed('meanwhile\n');
    clock.set(0);
    await send('after');
    expect(await receiver.finished).toMatchObject({ exitCode: 0, stdout: 'kept\nmeanwhile\nafter\n' });
  });

  it.each(STEPS)(
    'is acted on once by a durable listener whose clock is %s, and tried again as ever',
    async (_, offMs) => {
      const { send, ...durable } = await openDurableChannel(site);
      const clock = createFakeClock();
      const script = durable.script('[ "$2" != fails ] || [ "$REMAPHORE_ATTEMPT" -gt 1 ]');
      const listener = await durable.listen(['--durable', 'clock', script], { env: clock.env });
      await send('before');
      await durable.untilRan(1);
      clock.set(offMs);
      await send('fails');
      await durable.untilRan(3);
      clock.set(0);
      await send('after');
      expect(await durable.untilRan(4)).toEqual(['1 before', '1 fails', '2 fails', '1 after']);
      listener.kill('SIGTERM');
      expect((await listener.finished).exitCode).toBe(143);
      const next = await durable.listen(['--durable', 'clock', '-n', '1', script]);
      await send('last');
      expect((await next.finished).exitCode).toBe(0);
      expect(durable.ran().slice(4)).toEqual(['1 last']);
    },
  );
});

describe.skipIf(!hasFaketime).each(STEPS)('a lock’s holder whose clock is set an hour %s', (how, offMs) => {
  it('is not taken for dead before its ttl is over, and has ended its command when it is', async () => {
    const clock = createFakeClock();
    const name = `stepped ${how}`;
    const options = ['lock', name, '--ttl', '3s', '--', ...HOLDING];
    const holder = await untilHeld(start(left.config, options, { env: clock.env }));
    const look = ['sh', '-c', `echo "state $(ps -o state= -p ${holder.pid})"`];
    const next = start(right.config, ['lock', name, '-t', '40s', '--', ...look]);
    await untilWaiting(right, name, 1);
    clock.set(offMs);
    const { exitCode, stderr } = await holder.program.finished;
    expect(exitCode).toBe(3);
    expect(stderr).toContain(
      `lock ${name} is lost, the command is being ended: this host’s clock is wrong, so that nobody takes its refreshes`,
    );
    expect(isRunning(holder.pid)).toBe(false);
    expect(await next.finished).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^state Z?\n$/) });
  });
});

describe.skipIf(!hasFaketime).each(STEPS)(
  'a barrier’s party whose clock is set an hour %s while it waits',
  (how, offMs) => {
    it('holds up nobody, says so with 3, and passes when it is started again with the clock right', async () => {
      const clock = createFakeClock();
      const { parties, untilArrived } = await watchBarrier(`stepped ${how}`);
      const first = start(right.config, ['barrier', ...parties], { env: clock.env });
      await untilArrived(1);
      clock.set(offMs);
      expect((await run(left.config, ['barrier', ...parties])).exitCode).toBe(0);
      const { exitCode, stderr } = await first.finished;
      expect(exitCode).toBe(3);
      expect(stderr).toContain(`ms ${how === 'ahead' ? 'ahead of' : 'behind'} the broker’s, allowed are 20000 ms`);
      clock.set(0);
      expect((await run(right.config, ['barrier', ...parties], { env: clock.env })).exitCode).toBe(0);
    });
  },
);

/** A barrier for two, and waiting until so many have arrived. */
async function watchBarrier(name: string) {
  const entries = await collect(site.client, entrySubject('barrier', name));
  return {
    parties: [name, '--parties', '2', '-t', '40s'],
    untilArrived: (count: number) => until(`${count} arrived`, () => entries.length >= count),
  };
}
