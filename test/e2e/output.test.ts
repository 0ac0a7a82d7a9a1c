// What goes to standard output, byte for byte, and what happens when it cannot go there.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { forgeReply } from '../helpers/forge.ts';
import { run, runShell, startReady, startShell } from '../helpers/program.ts';
import { openSite } from '../helpers/site.ts';
import { Wiretap } from '../helpers/wiretap.ts';

const site = openSite(['com.crypto.us.left', 'com.crypto.us.right']);
const [left, right] = site.nodes;

async function send(payload: string | Uint8Array): Promise<void> {
  expect(await run(left.config, ['-s', '-'], { input: payload })).toMatchObject({ exitCode: 0 });
}

describe('a payload on standard output', () => {
  it.each([
    ['ends in a newline that is added', 'text', 'text\n'],
    ['keeps the newline it has', 'text\n', 'text\n'],
    ['keeps several newlines', 'two\n\n', 'two\n\n'],
    ['may have several lines', 'one\ntwo', 'one\ntwo\n'],
    ['is nothing when it is empty', '', ''],
    ['is a newline when it is one', '\n', '\n'],
    ['keeps white space', ' \t text ', ' \t text \n'],
  ])('%s', async (_, payload, printed) => {
    const receiver = await startReady(right.config, ['-o', '-t', '20s']);
    await send(payload);
    expect(await receiver.finished).toMatchObject({ exitCode: 0, stdout: printed });
  });

  it('goes into a pipe unchanged, whatever bytes it has', async () => {
    const bytes = Buffer.from(Array.from({ length: 70_000 }, (_, i) => (i * 31) % 256));
    const file = join(site.directory, 'bytes');
    const receiver = startShell(right.config, '"$REMAPHORE" -o -t 20s | cat > "$FILE"', { env: { FILE: file } });
    await receiver.said('remaphore: ready');
    await send(bytes);
    await receiver.finished;
    expect(readFileSync(file)).toEqual(Buffer.concat([bytes, Buffer.from('\n')]));
  });

  it('is what a shell’s $(…) gives', async () => {
    const shell = startShell(right.config, 'version=$("$REMAPHORE" -u build_done -t 20s) && echo "<$version>"');
    await shell.said('remaphore: ready');
    await run(left.config, ['-s', '-u', 'build_done', 'v1.2']);
    expect(await shell.finished).toMatchObject({ exitCode: 0, stdout: '<v1.2>\n' });
  });

  it('is a line each when several arrive', async () => {
    const receiver = await startReady(right.config, ['-t', '20s']);
    for (const payload of ['one', 'two\n', '', 'three']) await send(payload);
    await receiver.printed('three\n');
    receiver.kill('SIGTERM');
    expect((await receiver.finished).stdout).toBe('one\ntwo\nthree\n');
  });
});

describe('standard output that is closed early', () => {
  it('ends a receiver with 141, as SIGPIPE would, and without a word', async () => {
    const script = '"$REMAPHORE" -t 20s | head -1; echo "$PIPESTATUS"';
    const receiver = startShell(right.config, script);
    await receiver.said('remaphore: ready');
    await send('first');
    await receiver.printed('first\n');
    // The reader may need a moment to go after its line: send until it has gone.
    while (!(await isSettled(receiver.finished))) await send('more');
    expect(await receiver.finished).toMatchObject({ stdout: 'first\n141\n', stderr: 'remaphore: ready\n' });
  });

  it.each(['-C', '-h', '--version'])('ends %s with 141', async (option) => {
    // The reader of the named pipe has gone before the program writes.
    const script = `mkfifo "$FIFO.${option}"; exec 8<>"$FIFO.${option}" 9>"$FIFO.${option}" 8<&-; "$REMAPHORE" ${option} >&9`;
    const ended = await runShell(left.config, script, { env: { FIFO: join(site.directory, 'fifo') } });
    expect(ended).toMatchObject({ exitCode: 141, stderr: '' });
  });
});

async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  return Promise.race([promise.then(() => true), new Promise<boolean>((resolve) => setTimeout(resolve, 20, false))]);
}

describe('standard output that is full', () => {
  const said = /^(remaphore: ready\n)?remaphore: error: standard output could not be written[^\n]*\n$/;

  it('ends a receiver with 74 and a message, instead of losing the payload silently', async () => {
    const receiver = startShell(right.config, 'exec "$REMAPHORE" -o -t 20s > /dev/full');
    await receiver.said('remaphore: ready');
    await send('lost');
    const { exitCode, stderr } = await receiver.finished;
    expect(exitCode).toBe(74);
    expect(stderr).toMatch(said);
  });

  it('ends a request with 74 and a message', async () => {
    const receiver = await startReady(right.config, ['-o', '-t', '20s']);
    const script = 'exec "$REMAPHORE" -r -D com.crypto.us.right -t 20s > /dev/full';
    const { exitCode, stderr } = await runShell(left.config, script);
    expect(exitCode).toBe(74);
    expect(stderr).toMatch(said);
    await receiver.finished;
  });

  it.each(['-C', '-h', '--version'])('ends %s with 74 and a message', async (option) => {
    const { exitCode, stderr } = await runShell(left.config, `exec "$REMAPHORE" ${option} > /dev/full`);
    expect(exitCode).toBe(74);
    expect(stderr).toMatch(said);
  });
});

const HOSTILE = Buffer.concat([
  Buffer.from('a\u001b]0;title\u0007b\u001b[2Jc\rd\be\u007ff\u009bg\u202eh\ti\n'),
  Buffer.from([0x9b, 0x41]),
]);
const HARMLESS = 'a\\x1b]0;title\\x07b\\x1b[2Jc\\x0dd\\x08e\\x7ff\\x9bg\\u{202e}h\ti\r\n\ufffdA';

describe('control characters from a peer', () => {
  it('are escaped on a terminal', async () => {
    const receiver = startShell(right.config, `exec script -qec '"$REMAPHORE" -o -t 20s' /dev/null`);
    await receiver.printed('remaphore: ready');
    await send(HOSTILE);
    const { stdout } = await receiver.finished;
    expect(stdout).toContain(`${HARMLESS}\r\n`);
    expect(stdout).not.toContain('title\u0007');
  });

  it('are escaped on a terminal in replies as well', async () => {
    const wiretap = await Wiretap.open(site.server.url);
    const script = `exec script -qec '"$REMAPHORE" -r -D com.crypto.us.right -t 20s' /dev/null`;
    const asking = startShell(left.config, script);
    const { reply, data } = await wiretap.next();
    await wiretap.publish(reply as string, forgeReply(right.keys, data, '0,\u001b[31mred\u0007'));
    const { stdout } = await asking.finished;
    expect(stdout).toContain('com.crypto.us.right,0,\\x1b[31mred\\x07\r\n');
    expect(stdout).not.toContain('\u001b[31m');
    await wiretap.close();
  });

  it('go into a pipe as they are', async () => {
    const file = join(site.directory, 'hostile');
    const receiver = startShell(right.config, '"$REMAPHORE" -o -t 20s | cat > "$FILE"', { env: { FILE: file } });
    await receiver.said('remaphore: ready');
    await send(HOSTILE);
    await receiver.finished;
    expect(readFileSync(file)).toEqual(Buffer.concat([HOSTILE, Buffer.from('\n')]));
  });
});
