import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { countDescriptors, listProcesses, readStatus, until } from '../helpers/processes.ts';
import { openBench } from '../helpers/receiving.ts';

const bench = openBench();

describe('a receiver that ran 300 scripts', () => {
  it('has no more files open than before, no zombies and no temporary files', async () => {
    const temporary = join(bench.scripts.path, 'tmp');
    mkdirSync(temporary);
    // Each kind of end that there is: read or not, closed early, a signal.
    const script = bench.scripts.write(
      'kinds',
      'case $(($(cat) % 4)) in 0) echo "$1";; 1) exec >&- 2>&- <&-;; 2) kill -KILL $$;; 3) head -c 2000000 /dev/zero;; esac',
    );
    const receiver = await bench.receive(['-j', '6', '--stdin', script], { env: { TMPDIR: temporary } });
    const ask = (payload: string) => bench.wire.ask(bench.message({ payload, wantsReply: true, quick: true }));
    const askMany = (count: number) => Promise.all(Array.from({ length: count }, (_, i) => ask(`${i}`)));
    await askMany(12);
    const before = countDescriptors(receiver.pid);
    const replies = await askMany(300);
    expect(new Set(replies.map(({ exitCode }) => exitCode))).toEqual(new Set([0, 137]));
    // The last sockets are closed in a later turn than the one that sends the reply.
    await until('no more is open than before', () => countDescriptors(receiver.pid) <= before);
    expect(listProcesses().filter(({ parent }) => parent === receiver.pid)).toEqual([]);
    expect(readdirSync(temporary)).toEqual([]);
    receiver.kill('SIGTERM');
    expect((await receiver.finished).exitCode).toBe(143);
  });

  it('leaves nothing open for scripts that cannot be run either', async () => {
    const receiver = await bench.receive(['--stdin', '/nowhere/at/all']);
    const ask = () => bench.wire.ask(bench.message({ wantsReply: true, quick: true }));
    await ask();
    const before = countDescriptors(receiver.pid);
    for (const reply of await Promise.all(Array.from({ length: 50 }, ask))) expect(reply.exitCode).toBe(127);
    await until('no more is open than before', () => countDescriptors(receiver.pid) <= before);
    receiver.kill('SIGTERM');
    await receiver.finished;
  });
});

describe('a receiver that ran out of file descriptors', () => {
  it('runs scripts again once the others have ended', async () => {
    const slow = bench.scripts.write('slow', 'echo begun; sleep 0.2; echo done');
    const receiver = await bench.receive(['-j', '50', slow]);
    const ask = () => bench.wire.ask(bench.message({ wantsReply: true, quick: true }));
    const before = countDescriptors(receiver.pid);
    const limit = before + 20;
    execFileSync('prlimit', ['--pid', `${receiver.pid}`, `--nofile=${limit}:${limit}`]);
    // Some of so many cannot be run, and their replies say so.
    const replies = await Promise.all(Array.from({ length: 60 }, ask));
    expect(replies.some(({ exitCode, text }) => exitCode === 126 && text.includes('EMFILE'))).toBe(true);
    // The others are run to their end: none is begun whose output could not be read.
    for (const { exitCode, text } of replies) if (exitCode !== 126) expect(text).toBe('begun\ndone\n');
    expect(await ask()).toMatchObject({ exitCode: 0, text: 'begun\ndone\n' });
    await until('no more is open than before', () => countDescriptors(receiver.pid) <= before, 5000);
  });
});

describe('the memory of a receiver', () => {
  it('stays flat while a script prints far more than a reply carries', async () => {
    const body = 'head -c 200000000 /dev/zero';
    const script = bench.scripts.write('prints', `if [ "$2" = few ]; then echo few; else ${body}; fi`);
    const receiver = await bench.receive([script]);
    const ask = (payload: string) => bench.wire.ask(bench.message({ payload, wantsReply: true }));
    await ask('few');
    const beforeKb = readStatus(receiver.pid, 'VmHWM');
    const { exitCode, text } = await ask('many');
    expect(exitCode).toBe(0);
    expect(text.slice(-100)).toContain('of 200000000 bytes');
    expect(readStatus(receiver.pid, 'VmHWM') - beforeKb).toBeLessThan(64 * 1024);
    receiver.kill('SIGTERM');
    await receiver.finished;
  });
});

describe('when no temporary file can be made', () => {
  it('a script is not run, the reply is 126 and says why, and the receiver lives on', async () => {
    const script = bench.scripts.write('echo', 'echo "$2"');
    const receiver = await bench.receive([script], { env: { TMPDIR: '/nowhere/at/all' } });
    const { exitCode, text } = await bench.wire.ask(bench.message({ wantsReply: true }));
    expect(exitCode).toBe(126);
    expect(text).toMatch(/\/nowhere\/at\/all/);
    await bench.wire.publish(bench.message({ payload: 'no reply wanted' }));
    await receiver.printed('no reply wanted\n');
    receiver.kill('SIGTERM');
    expect((await receiver.finished).stderr).toMatch(/remaphore: warning: .*\/nowhere\/at\/all/);
  });
});
