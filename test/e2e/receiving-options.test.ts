// The options of a receiver that runs a script: --jobs, --stdin and --exit-status; and -q.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createNetwork } from '../helpers/network.ts';
import { type Program, run, start, startReady } from '../helpers/program.ts';
import { startServer } from '../helpers/server.ts';
import { openSite } from '../helpers/site.ts';

const site = openSite(['com.crypto.us.left', 'com.crypto.us.right']);
const [left, right] = site.nodes;

async function send(...words: string[]): Promise<void> {
  expect(await run(left.config, ['-s', ...words])).toMatchObject({ exitCode: 0 });
}

describe('--jobs', () => {
  it('is one when not given: a script begins when the one before has ended, in order of arrival', async () => {
    const script = 'echo "begin $2"; sleep 0.1; echo "end $2"';
    const receiver = await startReady(right.config, ['-t', '20s', 'sh', '-c', script, 'sh']);
    for (const word of ['a', 'b', 'c']) await send(word);
    await receiver.printed('end c\n');
    receiver.kill('SIGTERM');
    const order = ['a', 'b', 'c'].map((word) => `begin ${word}\nend ${word}\n`).join('');
    expect((await receiver.finished).stdout).toBe(order);
  });

  it.each([
    ['-j', '2'],
    ['--jobs', '2'],
  ])('given as %s %s lets two scripts run at once', async (...jobs) => {
    // Each waits for the other: one at a time, the first would never end.
    const meeting = join(site.directory, `meeting${jobs[0]}`);
    const script = `touch "${meeting}.$2"; while [ ! -e "${meeting}.$([ "$2" = a ] && echo b || echo a)" ]; do sleep 0.02; done; echo "met $2"`;
    const receiver = await startReady(right.config, ['-t', '20s', ...jobs, 'sh', '-c', script, 'sh']);
    await send('a');
    await send('b');
    await receiver.printed('met a\n');
    await receiver.printed('met b\n');
    receiver.kill('SIGTERM');
    await receiver.finished;
  });

  it('given as 2 does not let a third run beside them', async () => {
    const directory = site.directory;
    const script = `echo "begin $2"; while [ ! -e "${directory}/go" ]; do sleep 0.02; done; echo "end $2"`;
    const receiver = await startReady(right.config, ['-t', '20s', '-j', '2', 'sh', '-c', script, 'sh']);
    for (const word of ['a', 'b', 'c']) await send(word);
    await receiver.printed('begin b\n');
    writeFileSync(join(directory, 'go'), '');
    await receiver.printed('end c\n');
    receiver.kill('SIGTERM');
    const { stdout } = await receiver.finished;
    expect(stdout.indexOf('end')).toBeLessThan(stdout.indexOf('begin c'));
  });
});

describe('--stdin', () => {
  it('gives the payload on standard input, and neither as an argument nor in the environment', async () => {
    const script = 'printf "%s|" "$#" "$1"; env | grep -c ^REMAPHORE_MSG=; cat';
    const receiver = await startReady(right.config, ['-o', '-t', '20s', '--stdin', 'sh', '-c', script, 'sh']);
    await send('-u', 'x', 'the', 'payload');
    expect((await receiver.finished).stdout).toBe('1|ping|0\nthe payload');
  });

  it('gives it unchanged, whatever bytes it has', async () => {
    const file = join(site.directory, 'stdin');
    const bytes = Buffer.from(Array.from({ length: 300_000 }, (_, i) => (i * 7) % 256));
    const receiver = await startReady(right.config, ['-o', '-t', '20s', '--stdin', 'sh', '-c', 'cat > "$0"', file]);
    await run(left.config, ['-s', '-'], { input: bytes });
    await receiver.finished;
    expect(readFileSync(file)).toEqual(bytes);
  });

  it('is empty for the script when not given', async () => {
    const receiver = await startReady(right.config, ['-o', '-t', '20s', 'sh', '-c', 'cat; echo "<$2>"', 'sh'], {
      input: 'of the receiver',
    });
    await send('payload');
    expect((await receiver.finished).stdout).toBe('<payload>\n');
  });
});

describe('--exit-status', () => {
  it.each([
    ['-e', ['-e', '-o'], 'exit 7', 7],
    ['--exit-status', ['--exit-status', '--once'], 'exit 7', 7],
    ['-e with success', ['-e', '-o'], 'exit 0', 0],
    ['-e with -u', ['-e', '-u', 'x'], 'exit 3', 3],
    ['-e and a signal', ['-e', '-o'], 'kill -KILL $$', 137],
  ])('%s: the script’s own status is the program’s', async (_, args, script, exitCode) => {
    const receiver = await startReady(right.config, [...args, '-t', '20s', 'sh', '-c', script]);
    await send('-u', 'x');
    expect((await receiver.finished).exitCode).toBe(exitCode);
  });

  it('is 127 for a script that is not there', async () => {
    const receiver = await startReady(right.config, ['-eo', '-t', '20s', '/no/such/script']);
    await send();
    const { exitCode, stderr } = await receiver.finished;
    expect(exitCode).toBe(127);
    expect(stderr).toContain('/no/such/script');
  });

  it('is 1 when nothing came', async () => {
    expect((await run(right.config, ['-eo', '-t', '1s', 'sh', '-c', 'exit 7'])).exitCode).toBe(1);
  });

  it('does not count when not given', async () => {
    const receiver = await startReady(right.config, ['-o', '-t', '20s', 'sh', '-c', 'exit 7']);
    await send();
    expect((await receiver.finished).exitCode).toBe(0);
  });
});

/** Sends until a receiver has printed a text: one that does not say when it is ready, or has lost its connection. */
async function sendUntilPrinted(config: string, receiver: Program, text: string): Promise<void> {
  let printed = false;
  const waiting = receiver.printed(text).then(() => {
    printed = true;
  });
  while (!printed) await Promise.race([run(config, ['-s', text]), waiting]);
}

describe('-q', () => {
  it.each(['-q', '--quiet'])('as %s silences what is said when ready', async (option) => {
    const receiver = start(right.config, [option, '-t', '20s']);
    await sendUntilPrinted(left.config, receiver, 'text');
    receiver.kill('SIGTERM');
    expect((await receiver.finished).stderr).toBe('');
  });

  it('silences a lost connection and its return, and without it both are said', async () => {
    const other = await startServer();
    using hosts = createNetwork(other.url, ['com.a']);
    const config = hosts.nodes[0]?.config as string;
    const loud = await startReady(config, ['-t', '40s']);
    const quiet = start(config, ['-q', '-t', '40s']);
    await sendUntilPrinted(config, quiet, 'before');
    await other.stop();
    await loud.said('connection to the server lost');
    await other.start();
    await loud.said('connected to a server again');
    await sendUntilPrinted(config, quiet, 'after');
    quiet.kill('SIGTERM');
    loud.kill('SIGTERM');
    expect((await quiet.finished).stderr).toBe('');
    await loud.finished;
    await other[Symbol.asyncDispose]();
  });

  it('does not silence mistakes', async () => {
    const { exitCode, stderr } = await run(right.config, ['-q', '-u', '']);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('remaphore: error: --uuid is empty\n');
  });

  it('does not silence an answer that is missing', async () => {
    const receiver = await startReady(right.config, ['-o', '-t', '20s', 'true']);
    const asked = await run(left.config, ['-r', '-q', '-t', '1s']);
    expect(asked.stderr).toBe('remaphore: warning: no answer from: com.crypto.us.left\n');
    await receiver.finished;
  });
});
