import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { listGroup, until } from '../helpers/processes.ts';
import { openBench } from '../helpers/receiving.ts';
import { SLEEP, startRunning, writeWaiting } from '../helpers/running.ts';
import { openScripts } from '../helpers/scripts.ts';

const bench = openBench();
/** of one test */
const scripts = openScripts();

/** ends at SIGTERM, in its own way */
const POLITE = ['trap "echo bye; exit 9" TERM', `${SLEEP} & wait`] as const;

describe.each([
  { how: 'SIGTERM', args: [], signal: 'SIGTERM', code: 143 },
  { how: 'SIGINT', args: [], signal: 'SIGINT', code: 130 },
  { how: 'SIGHUP', args: [], signal: 'SIGHUP', code: 129 },
  { how: 'the end of -t', args: ['-t', '2s'], signal: undefined, code: 0 },
] as const)('a script that runs at $how', ({ args, signal, code }) => {
  it('gets SIGTERM, and its reply is sent before the receiver ends', async () => {
    const { receiver, reply, group } = await startRunning(bench, scripts, [...args, writeWaiting(scripts, ...POLITE)]);
    if (signal) receiver.kill(signal);
    expect(await reply).toMatchObject({ exitCode: 9, text: 'bye\n' });
    expect((await receiver.finished).exitCode).toBe(code);
    expect(listGroup(group)).toEqual([]);
  });

  it('and does not catch it ends with 128+15', async () => {
    const { receiver, reply, group } = await startRunning(bench, scripts, [
      ...args,
      writeWaiting(scripts, 'echo begun', SLEEP),
    ]);
    if (signal) receiver.kill(signal);
    expect(await reply).toMatchObject({ exitCode: 143, text: 'begun\n' });
    expect((await receiver.finished).exitCode).toBe(code);
    expect(listGroup(group)).toEqual([]);
  });

  it('decides the exit code with -o only if -e is there too', async () => {
    const { receiver, reply } = await startRunning(bench, scripts, [
      ...args,
      '-o',
      '-e',
      writeWaiting(scripts, ...POLITE),
    ]);
    if (signal) receiver.kill(signal);
    await reply;
    expect((await receiver.finished).exitCode).toBe(signal ? code : 9);
  });
});

describe('several scripts that run', () => {
  it('are ended together, and each reply is sent', async () => {
    const ups = join(scripts.path, 'ups');
    const script = scripts.write('many', `trap 'echo "bye $2"; exit 9' TERM; echo $$ >>${ups}; ${SLEEP} & wait`);
    const receiver = await bench.receive(['-j', '5', script]);
    const payloads = ['0', '1', '2', '3', '4'];
    const replies = payloads.map((payload) => bench.wire.ask(bench.message({ payload, wantsReply: true })));
    await until('all are up', () => scripts.lines('ups').length === 5);
    receiver.kill('SIGTERM');
    expect((await Promise.all(replies)).map(({ text }) => text)).toEqual(payloads.map((payload) => `bye ${payload}\n`));
    await receiver.finished;
    for (const group of scripts.lines('ups')) expect(listGroup(Number(group))).toEqual([]);
  });
});

describe('messages that were still waiting', () => {
  it.each([
    [1, '1 accepted message was still waiting'],
    [3, '3 accepted messages were still waiting'],
  ])('are counted, and no script is started for them: %i', async (count, notice) => {
    const script = writeWaiting(scripts, `echo run >>${join(scripts.path, 'runs')}`, SLEEP);
    const waiting = Array.from({ length: count }, () => bench.message({ quick: true }));
    const { receiver, reply } = await startRunning(bench, scripts, [script], waiting);
    receiver.kill('SIGTERM');
    await reply;
    expect((await receiver.finished).stderr).toContain(notice);
    expect(scripts.lines('runs')).toEqual(['run']);
  });

  it('are not spoken of when there are none', async () => {
    const { receiver } = await startRunning(bench, scripts, [writeWaiting(scripts, ...POLITE)]);
    receiver.kill('SIGTERM');
    expect((await receiver.finished).stderr).toBe('remaphore: ready\n');
  });
});

describe('without a script that runs', () => {
  it.each([
    ['SIGTERM', 143],
    ['SIGINT', 130],
    ['SIGHUP', 129],
  ] as const)('%s ends the receiver at once with %i', async (signal, code) => {
    const receiver = await bench.receive([writeWaiting(scripts, '', '')]);
    receiver.kill(signal);
    expect(await receiver.finished).toMatchObject({ exitCode: code, stderr: 'remaphore: ready\n' });
  });

  it('-t ends it with 1 when nothing came', async () => {
    const receiver = await bench.receive(['-t', '1s', writeWaiting(scripts, '', '')]);
    expect((await receiver.finished).exitCode).toBe(1);
  });

  it('-t ends it with 0 when something did', async () => {
    const receiver = await bench.receive(['-t', '1500ms', writeWaiting(scripts, '', 'exit 3')]);
    await bench.wire.publish(bench.message());
    expect((await receiver.finished).exitCode).toBe(0);
  });
});
