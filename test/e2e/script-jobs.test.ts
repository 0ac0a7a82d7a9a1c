import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { until } from '../helpers/processes.ts';
import type { Program } from '../helpers/program.ts';
import { openBench } from '../helpers/receiving.ts';
import { openScripts } from '../helpers/scripts.ts';

/** Accepted messages that may wait for a script. */
const MAX_WAITING = 1024;

const bench = openBench();
/** of one test */
const scripts = openScripts();

/** A script that notes its start and its end, and waits in between until the gate is opened. */
function writeGated(): { script: string; open(): void } {
  const gate = join(scripts.path, 'gate');
  const log = join(scripts.path, 'log');
  const script = scripts.write(
    'gated',
    `echo "start $2" >>${log}\nwhile ! [ -e ${gate} ]; do sleep 0.02; done\necho "end $2" >>${log}`,
  );
  return { script, open: () => writeFileSync(gate, '') };
}

/** Messages that bear the numbers from `first` on. */
function numbered(count: number, first = 0): Buffer[] {
  return Array.from({ length: count }, (_, i) => bench.message({ payload: `${first + i}`, quick: true }));
}

async function end(receiver: Program): Promise<string> {
  receiver.kill('SIGTERM');
  return (await receiver.finished).stderr;
}

describe('without -j', () => {
  it('scripts run one after the other in the order of arrival', async () => {
    const log = join(scripts.path, 'log');
    const script = scripts.write('one', `echo "start $2" >>${log}; sleep 0.0$((7 * $2 % 5)); echo "end $2" >>${log}`);
    const receiver = await bench.receive([script]);
    await bench.wire.publish(...numbered(20));
    await until('all have run', () => scripts.lines('log').length === 40);
    await end(receiver);
    expect(scripts.lines('log')).toEqual(Array.from({ length: 20 }, (_, i) => [`start ${i}`, `end ${i}`]).flat());
  });

  it('the next script waits until the reply to the one before has been sent', async () => {
    const receiver = await bench.receive([scripts.write('echo', 'echo "$2"')]);
    const messages = Array.from({ length: 10 }, (_, i) => bench.message({ payload: `${i}`, wantsReply: true }));
    const order: string[] = [];
    await Promise.all(messages.map(async (message) => order.push((await bench.wire.ask(message)).text)));
    await end(receiver);
    expect(order).toEqual(Array.from({ length: 10 }, (_, i) => `${i}\n`));
  });
});

describe('with -j N', () => {
  it('N scripts run at once and no more, started in the order of arrival', async () => {
    const { script, open } = writeGated();
    const receiver = await bench.receive(['-j', '4', script]);
    await bench.wire.publish(...numbered(9));
    await until('four run', () => scripts.lines('log').length === 4);
    expect(scripts.lines('log').sort()).toEqual(['start 0', 'start 1', 'start 2', 'start 3']);
    open();
    await until('all have run', () => scripts.lines('log').length === 18);
    await end(receiver);
    let running = 0;
    let most = 0;
    for (const line of scripts.lines('log')) {
      running += line.startsWith('start') ? 1 : -1;
      most = Math.max(most, running);
    }
    expect(most).toBe(4);
  });

  it('a script that hangs does not hold up the others', async () => {
    const script = scripts.write('some', 'if [ "$2" = hang ]; then exec sleep 60; fi; echo "$2"');
    const receiver = await bench.receive(['-j', '2', script]);
    await bench.wire.publish(bench.message({ payload: 'hang' }));
    for (const payload of ['one', 'two', 'three']) {
      expect((await bench.wire.ask(bench.message({ payload, wantsReply: true }))).text).toBe(`${payload}\n`);
    }
    await end(receiver);
  });

  it('every reply belongs to its own message', async () => {
    const script = scripts.write('own', 'echo "$2"; sleep 0.0$(($2 % 4)); echo "$2"; exit "$2"');
    const receiver = await bench.receive(['-j', '8', script]);
    const replies = await Promise.all(
      Array.from({ length: 40 }, (_, i) => bench.wire.ask(bench.message({ payload: `${i}`, wantsReply: true }))),
    );
    await end(receiver);
    expect(replies.map(({ exitCode, text }) => [exitCode, text])).toEqual(replies.map((_, i) => [i, `${i}\n${i}\n`]));
  });
});

describe('when messages come faster than the script', () => {
  /** Has a script run, and sends as many more as may wait and then some, each a notice until there are ten. */
  async function overfill(script: string, extra: number): Promise<Program> {
    const receiver = await bench.receive([script]);
    await bench.wire.publish(...numbered(1));
    await until('the script runs', () => scripts.lines('log').length === 1);
    await bench.wire.publish(...numbered(MAX_WAITING + extra, 1));
    await until('the tenth is dropped', () => countNotices(receiver) >= 10);
    return receiver;
  }

  it(`${MAX_WAITING} wait, and when it is told to end it says that they were`, async () => {
    const { script } = writeGated();
    const receiver = await overfill(script, 10);
    const stderr = await end(receiver);
    expect(stderr).toContain(`remaphore: warning: ${MAX_WAITING} accepted messages were still waiting\n`);
    expect(countNotices(receiver)).toBe(10);
    expect(scripts.lines('log')).toEqual(['start 0']);
  });

  it('each is either run, in order, or dropped and counted', async () => {
    const { script, open } = writeGated();
    const extra = 300;
    const receiver = await overfill(script, extra);
    open();
    await until('those that waited have run', () => scripts.lines('log').includes(`end ${MAX_WAITING}`));
    // By the time that this has been answered, all that came before it has been dealt with.
    await bench.wire.ask(bench.message({ payload: 'end', wantsReply: true }));
    const stderr = await end(receiver);
    const started = scripts.lines('log').filter((line) => /^start [0-9]/.test(line));
    const numbers = started.map((line) => Number(line.slice('start '.length)));
    expect(numbers.slice(0, 1 + MAX_WAITING)).toEqual(Array.from({ length: 1 + MAX_WAITING }, (_, i) => i));
    expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
    const dropped = Number(/waiting already: ([0-9]+) in all\n/.exec(stderr)?.[1]);
    expect(numbers.length + dropped).toBe(1 + MAX_WAITING + extra);
  });

  function countNotices(receiver: Program): number {
    return receiver.stderr.split(`message dropped: ${MAX_WAITING} are waiting already`).length - 1;
  }
});

describe('a script is started once for one message', () => {
  it('although its bytes come again: at once, while it runs, and after it has ended', async () => {
    const log = join(scripts.path, 'log');
    const script = scripts.write('count', `echo "$2" >>${log}; sleep 0.2`);
    const receiver = await bench.receive(['-j', '8', script]);
    const message = bench.message({ payload: 'again' });
    await bench.wire.publish(message, message, message);
    await until('it runs', () => existsSync(log));
    await bench.wire.publish(message, message);
    // By the time that one has been answered, whatever came before has been dealt with.
    await bench.wire.ask(bench.message({ payload: 'later', wantsReply: true }));
    await bench.wire.publish(message, message);
    await bench.wire.ask(bench.message({ payload: 'last', wantsReply: true }));
    await end(receiver);
    expect(scripts.lines('log')).toEqual(['again', 'later', 'last']);
  });

  it('and one reply is sent for it', async () => {
    const receiver = await bench.receive(['-j', '8', scripts.write('echo', 'echo "$2"')]);
    const message = bench.message({ payload: 'again', wantsReply: true });
    const replies = await bench.wire.collectReplies(message);
    await bench.wire.publish(message, message, message);
    await bench.wire.ask(bench.message({ wantsReply: true }));
    await bench.wire.ask(bench.message({ wantsReply: true }));
    await end(receiver);
    expect(replies).toHaveLength(1);
  });

  it('although another receiver of the same host gets it too: each starts it', async () => {
    const log = join(scripts.path, 'log');
    const script = scripts.write('each', `echo "$2" >>${log}`);
    const receivers = [await bench.receive([script]), await bench.receive([script])];
    await bench.wire.publish(bench.message({ payload: 'one' }));
    await until('both have run', () => scripts.lines('log').length === 2);
    await Promise.all(receivers.map(end));
    expect(scripts.lines('log')).toEqual(['one', 'one']);
  });
});
