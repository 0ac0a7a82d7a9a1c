import { chmodSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openBench } from '../helpers/receiving.ts';

const bench = openBench();

describe('the exit code of a reply', () => {
  it.each([0, 1, 126, 255])('is the script’s own: %i', async (code) => {
    const { exitCode, text } = await bench.askOne([bench.scripts.write('exits', `exit ${code}`)]);
    expect({ exitCode, text }).toEqual({ exitCode: code, text: '' });
  });

  it.each(['TERM', 'KILL', 'SEGV', 'USR1'] as const)('is 128+n when SIG%s ended the script', async (name) => {
    const { exitCode, text } = await bench.askOne([bench.scripts.write('dies', `echo last; kill -${name} $$`)]);
    expect({ exitCode, text }).toEqual({ exitCode: 128 + constants.signals[`SIG${name}`], text: 'last\n' });
  });
});

describe('a script that cannot be run', () => {
  it.each([
    ['is not there', '/nowhere/at/all', undefined, 127, /\/nowhere\/at\/all: not found/],
    ['is not in PATH', 'no-such-command-anywhere', undefined, 127, /no-such-command-anywhere: not found/],
    ['has an interpreter that is not there', 'lost', '#!/nowhere/interpreter\n', 127, /lost: .*interpreter/],
    ['is not executable', 'plain', undefined, 126, /plain: not executable/],
    ['is a directory', '/etc', undefined, 126, /\/etc: /],
    ['lies beyond a file', '/etc/passwd/script', undefined, 126, /\/etc\/passwd\/script: /],
  ])('because it %s: reply and standard error say why in one line', async (_, name, content, code, why) => {
    const ours = !name.startsWith('/') && code !== 127 ? join(bench.scripts.path, name) : undefined;
    let command = ours ?? name;
    if (content !== undefined) {
      command = join(bench.scripts.path, name);
      writeFileSync(command, content, { mode: 0o755 });
    } else if (ours !== undefined) {
      writeFileSync(ours, '#!/bin/sh\n');
      chmodSync(ours, 0o644);
    }
    const { exitCode, text, receiver } = await bench.askOne([command]);
    expect(exitCode).toBe(code);
    expect(text).toMatch(why);
    expect(text.trimEnd()).not.toContain('\n');
    expect(receiver.stderr).toMatch(why);
    expect(receiver.stderr.split('\n')).toHaveLength(3);
    expect(receiver.exitCode).toBe(0);
  });

  it('is said on standard error when no reply is wanted, and the receiver lives on', async () => {
    const receiver = await bench.receive(['/nowhere/at/all']);
    await bench.wire.publish(bench.message());
    await receiver.said('remaphore: warning: /nowhere/at/all: not found');
    const { exitCode } = await bench.wire.ask(bench.message({ wantsReply: true }));
    expect(exitCode).toBe(127);
    receiver.kill('SIGTERM');
    expect((await receiver.finished).exitCode).toBe(143);
  });
});

describe('the receiver’s own exit code', () => {
  it('is 0 with -o whatever the script’s is', async () => {
    expect((await bench.receiveOne([bench.scripts.write('fails', 'exit 9')])).exitCode).toBe(0);
  });

  it.each([
    ['an exit code', 'exit 9', 9],
    ['0', 'exit 0', 0],
    ['a signal', 'kill -KILL $$', 137],
  ])('is the script’s with -e: %s', async (_, body, code) => {
    expect((await bench.receiveOne(['-e', bench.scripts.write('ends', body)])).exitCode).toBe(code);
  });

  it('is the script’s with -e when a reply was wanted too', async () => {
    const { exitCode, receiver } = await bench.askOne(['-e', bench.scripts.write('fails', 'exit 9')]);
    expect([exitCode, receiver.exitCode]).toEqual([9, 9]);
  });

  it('is 127 with -e when there is no such script', async () => {
    expect((await bench.receiveOne(['-e', '/nowhere/at/all'])).exitCode).toBe(127);
  });

  it('is 1 with -e when nothing came', async () => {
    const receiver = await bench.receive(['-t', '300ms', '-o', '-e', bench.scripts.write('zero', 'exit 0')]);
    expect((await receiver.finished).exitCode).toBe(1);
  });
});

describe('with -o', () => {
  it('the receiver ends after the script, which runs for the first message only', async () => {
    const script = bench.scripts.write('first', 'sleep 0.3; echo "$2"');
    const receiver = await bench.receive(['-o', script]);
    await bench.wire.publish(...['one', 'two', 'three'].map((payload) => bench.message({ payload })));
    expect(await receiver.finished).toMatchObject({ exitCode: 0, stdout: 'one\n' });
  });

  it('a message that is refused does not count as the first', async () => {
    const receiver = await bench.receive(['-o', '-v', 'deploy', bench.scripts.write('verb', 'echo "$1"')]);
    await bench.wire.publish(bench.message({ verb: 'ping' }), bench.message({ verb: 'deploy' }));
    expect(await receiver.finished).toMatchObject({ exitCode: 0, stdout: 'deploy\n' });
  });
});
