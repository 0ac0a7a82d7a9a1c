// What was accepted once is not accepted again by a receiver that starts afterwards, although it never saw it.

import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openDurableChannel } from '../helpers/durable.ts';
import { openKeptSite } from '../helpers/kept.ts';
import { until } from '../helpers/processes.ts';
import { PROGRAM, run, type StartOptions, start, startReady } from '../helpers/program.ts';
import { canMount } from '../helpers/tools.ts';

/** Long enough for two starts on a busy machine: the copies must be refused as such, and not for their age. */
const SKEW = 'allow_skew: 60s';
const site = openKeptSite(SKEW);

let directories = 0;
/** A directory for what is accepted, of a test's own. */
function createState(): { directory: string; file: () => string; env: Record<string, string> } {
  const home = join(site.directory, `state${++directories}`);
  const directory = join(home, 'remaphore');
  return {
    directory,
    file: () => join(directory, `${process.geteuid?.()}`, 'accepted'),
    env: { XDG_STATE_HOME: home },
  };
}

async function receiveOne(message: Buffer, options: StartOptions, args: readonly string[] = ['-o']) {
  const receiver = await startReady(site.right.config, ['-t', '30s', ...args], options);
  await site.publish('all', message);
  return receiver.finished;
}

describe('a copy of a message', () => {
  it('that a receiver has accepted is refused by the next', async () => {
    const { env } = createState();
    const message = site.message({ payload: 'deploy' });
    expect(await receiveOne(message, { env })).toMatchObject({ exitCode: 0, stdout: 'deploy\n' });
    const next = await startReady(site.right.config, ['-o', '-t', '30s', '--explain'], { env });
    await site.publish('all', message, site.message({ payload: 'another' }));
    const { exitCode, stdout, stderr } = await next.finished;
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: 'another\n' });
    expect(stderr).toContain('ignored: replay of a message that was accepted before this receiver started');
  });

  it('does not deploy twice in a loop', async () => {
    const { env } = createState();
    const count = join(site.directory, 'deployed');
    writeFileSync(count, '');
    const shell = await startReady(
      site.right.config,
      ['-c', `for i in 1 2; do "$REMAPHORE" -o -t 30s sh -c 'echo "$2" >>${count}' sh; done`],
      { env: { ...env, REMAPHORE: PROGRAM }, file: 'bash' },
    );
    const message = site.message({ payload: 'once' });
    await site.publish('all', message);
    await shell.said('ready\nremaphore: ready');
    await site.publish('all', message, message, site.message({ payload: 'end' }));
    await shell.finished;
    expect(readFileSync(count, 'utf8')).toBe('once\nend\n');
  });

  it('is acted on once by each of those that were listening when the message came', async () => {
    const { env } = createState();
    const message = site.message({ payload: 'for all' });
    const receivers = await Promise.all(
      [1, 2, 3].map(() => startReady(site.right.config, ['-n', '2', '-t', '30s'], { env })),
    );
    await site.publish('all', message, message, message, site.message({ payload: 'end' }));
    for (const { finished } of receivers) expect((await finished).stdout).toBe('for all\nend\n');
  });

  it('is refused by the next also when the receiver was killed while its script ran', async () => {
    const { env } = createState();
    const message = site.message({ payload: 'x' });
    const killed = await receiveOne(message, { env }, ['-o', 'sh', '-c', 'kill -9 $PPID']);
    expect(killed.exitCode).toBe(137);
    const next = await startReady(site.right.config, ['-o', '-t', '30s'], { env });
    await site.publish('all', message, site.message({ payload: 'another' }));
    expect((await next.finished).stdout).toBe('another\n');
  });
});

describe('what is kept has rules of its own', () => {
  it('and is given by --since although another receiver has accepted it', async () => {
    const { env } = createState();
    const channel = await site.createChannel();
    const message = site.message({ payload: 'kept' });
    const args = ['-S', channel, '-o', '-t', '30s'];
    const first = await startReady(site.right.config, args, { env });
    await site.publish(channel, message);
    expect((await first.finished).stdout).toBe('kept\n');
    expect((await run(site.right.config, [...args, '--since', '1m'], { env })).stdout).toBe('kept\n');
  });

  it('but what arrives is not, where --since is too short to have it kept', async () => {
    const { env } = createState();
    const channel = await site.createChannel();
    const message = site.message({ payload: 'once', timeMs: Date.now() - 2000 });
    const args = ['-S', channel, '-o', '-t', '30s', '--since', '1s'];
    const first = await startReady(site.right.config, args, { env });
    await site.publish(channel, message);
    expect((await first.finished).stdout).toBe('once\n');
    const next = await startReady(site.right.config, args, { env });
    await site.publish(channel, message, site.message({ payload: 'another' }));
    expect((await next.finished).stdout).toBe('another\n');
  });

  it('but who takes it from there has accepted it for those that only listen', async () => {
    const { env } = createState();
    const channel = await site.createChannel();
    const message = site.message({ payload: 'kept' });
    await site.publish(channel, message);
    const args = ['-S', channel, '-o', '-t', '30s'];
    expect((await run(site.right.config, [...args, '--since', '1m'], { env })).stdout).toBe('kept\n');
    const next = await startReady(site.right.config, args, { env });
    await site.publish(channel, message, site.message({ payload: 'another' }));
    expect((await next.finished).stdout).toBe('another\n');
  });

  it('and so has a durable listener, which is given again what it did not end', async () => {
    const { env } = createState();
    const durable = await openDurableChannel(site);
    const message = site.message({ payload: 'a' });
    const script = durable.script('[ "$REMAPHORE_ATTEMPT" = 2 ]');
    const listener = await durable.listen(['--durable', 'work', script], { env });
    await site.publish(durable.channel, message);
    expect(await durable.untilRan(2)).toEqual(['1 a', '2 a']);
    await durable.end(listener);
    const next = await startReady(site.right.config, ['-S', durable.channel, '-o', '-t', '30s'], { env });
    await site.publish(durable.channel, message, site.message({ payload: 'another' }));
    expect((await next.finished).stdout).toBe('another\n');
  });
});

describe('the file of what was accepted', () => {
  it('names the message before its script starts, in a file of mode 0600', async () => {
    const { env, file, directory } = createState();
    const message = site.message();
    const { stdout } = await receiveOne(message, { env }, ['-o', 'sh', '-c', `cat ${directory}/*/accepted`]);
    expect(stdout).toContain(createHash('sha256').update(message).digest('base64url'));
    expect(statSync(file()).mode & 0o777).toBe(0o600);
    expect(statSync(directory).mode & 0o777).toBe(0o700);
  });

  it('is in the directory that the configuration names, taken from its own', async () => {
    const own = join(site.directory, 'own.conf');
    writeFileSync(own, `state: accepted\n${readFileSync(site.right.config, 'utf8')}`, { mode: 0o600 });
    const receiver = await startReady(own, ['-o', '-t', '30s']);
    await site.publish('all', site.message());
    await receiver.finished;
    expect(readdirSync(join(site.directory, 'accepted'))).toEqual([`${process.geteuid?.()}`]);
  });

  it.each([
    ['its directory is a file', (path: string) => writeFileSync(path, '')],
    ['others can put another directory in the place of its own', (path: string) => mkdirSync(path, { mode: 0o777 })],
  ])('that cannot be used is an error, and nothing is received: %s', async (fault, spoil) => {
    const { env, directory } = createState();
    mkdirSync(join(directory, '..'));
    const umask = process.umask(0);
    spoil(directory);
    process.umask(umask);
    const { exitCode, stdout, stderr } = await run(site.right.config, ['-o', '-t', '30s'], { env });
    expect({ exitCode, stdout }).toEqual({ exitCode: 74, stdout: '' });
    expect(stderr).toMatch(/^remaphore: error: \S+\/\d+\/accepted: what was accepted cannot be remembered there: /);
    expect(stderr).toContain(fault);
    expect(stderr).toMatch(/\nremaphore: hint: \S+/);
  });
});

it('a lock that somebody keeps makes a receiver neither act nor hang: it is exit 74, and SIGTERM ends it before that', async () => {
  const { env, file } = createState();
  const args = ['-o', '-t', '40s', 'echo', 'ran'];
  const receivers = await Promise.all([1, 2].map(() => startReady(site.right.config, args, { env })));
  const keeping = setInterval(() => writeFileSync(`${file()}.lock`, ''), 500);
  onTestFinished(() => clearInterval(keeping));
  writeFileSync(`${file()}.lock`, '');
  await site.publish('all', site.message());
  await until('both have noted it', () => readFileSync(file(), 'latin1').split('\n').length > 2);
  receivers[0]?.kill('SIGTERM');
  const [told, waited] = await Promise.all(receivers.map(({ finished }) => finished));
  expect(told).toMatchObject({ exitCode: 143, stdout: '' });
  expect(waited).toMatchObject({ exitCode: 74, stdout: '' });
  expect(waited?.stderr).toContain('another process has its lock for too long');
});

describe.skipIf(!canMount())('on a full disk', () => {
  it('a message is not acted on, which is said, and is exit 74', async () => {
    const disk = join(site.directory, 'disk');
    const go = join(site.directory, 'go');
    mkdirSync(disk);
    const script = [
      `mount -t tmpfs -o size=16k,mode=0700 none ${disk} || exit 99`,
      '"$REMAPHORE" -o -t 30s echo ran &',
      `until [ -e ${go} ]; do sleep 0.05; done`,
      `cat /dev/zero >${disk}/fill`,
      'echo it is full >&2',
      'wait $!',
    ].join('\n');
    const receiver = start(site.right.config, ['-rm', 'bash', '-c', script], {
      file: 'unshare',
      env: { REMAPHORE: PROGRAM, XDG_STATE_HOME: disk },
    });
    await receiver.said('remaphore: ready');
    writeFileSync(go, '');
    await receiver.said('it is full');
    await site.publish('all', site.message());
    const { exitCode, stdout, stderr } = await receiver.finished;
    expect({ exitCode, stdout }).toEqual({ exitCode: 74, stdout: '' });
    expect(stderr).toContain('what was accepted cannot be remembered there: the disk is full');
    expect(stderr).toContain('hint: make room there');
  });
});
