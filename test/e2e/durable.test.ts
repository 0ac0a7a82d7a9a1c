// Listeners that deal with each message at least once.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type DurableChannel, openDurableChannel } from '../helpers/durable.ts';
import { openKeptSite } from '../helpers/kept.ts';
import { readRecords } from '../helpers/output-schema.ts';
import { killProcess, until } from '../helpers/processes.ts';
import { run, startReady } from '../helpers/program.ts';

const site = openKeptSite();

describe('--durable without a history', () => {
  it('ends with 3, and says which command makes one', async () => {
    const { exitCode, stderr } = await run(site.right.config, ['--durable', 'work', '-t', '20s']);
    expect(exitCode).toBe(3);
    expect(stderr).toBe(
      'remaphore: error: nothing is kept here: there is no stream remaphore-history; ' +
        'to make it: remaphore history create\n',
    );
  });

  it('ends with 3 on a channel that is not kept', async () => {
    await site.createChannel();
    const { exitCode, stderr } = await run(site.right.config, ['--durable', 'work', '-S', 'other', '-t', '20s']);
    expect(exitCode).toBe(3);
    expect(stderr).toContain('does not keep the channel other; to add it: remaphore history create -S other');
  });
});

describe('a durable listener', () => {
  it('is given each message once when all goes well, also what was sent while it was away', async () => {
    const durable = await openDurableChannel(site);
    const script = durable.script();
    await durable.send('before there is one');
    const first = await durable.listen(['--durable', 'work', script]);
    await durable.send('a', 'b');
    await durable.untilRan(2);
    await durable.end(first);
    await durable.send('c', 'd');
    const second = await durable.listen(['--durable', 'work', script]);
    await durable.untilRan(4);
    expect((await durable.end(second)).exitCode).toBe(143);
    expect(durable.ran()).toEqual(['1 a', '1 b', '1 c', '1 d']);
  });

  it('takes what was sent long ago, when it was stored as it was signed', async () => {
    const durable = await openDurableChannel(site);
    const args = ['--durable', 'work', '-n', '1', '-c', site.right.config];
    (await durable.listen(['--durable', 'work'])).kill('SIGTERM');
    await durable.send('old');
    // As if this host had been away for an hour.
    const preload = join(durable.scripts.path, 'later.cjs');
    writeFileSync(preload, 'const now = Date.now; Date.now = () => now() + 3_600_000;');
    const listener = await durable.listen(args, { env: { NODE_OPTIONS: `--require ${preload}` } });
    expect(await listener.finished).toMatchObject({ exitCode: 0, stdout: 'old\n' });
  });

  it('begins with what was sent within --since when it is new, and only then', async () => {
    const durable = await openDurableChannel(site);
    await durable.send('a');
    const first = await durable.listen(['--durable', 'work', '--since', '1h', '-n', '2']);
    await durable.send('b');
    expect((await first.finished).stdout).toBe('a\nb\n');
    const second = await durable.listen(['--durable', 'work', '--since', '1h', '-o']);
    await durable.send('c');
    expect((await second.finished).stdout).toBe('c\n');
  });

  it('tries again what failed, with the number of the try', async () => {
    const durable = await openDurableChannel(site);
    const listener = await durable.listen(['--durable', 'work', durable.script('[ $REMAPHORE_ATTEMPT = 2 ]')]);
    await durable.send('a');
    expect(await durable.untilRan(2)).toEqual(['1 a', '2 a']);
    await listener.said('script1 ended with 1, try 1: again in 1 s');
    const { stdout } = await run(site.left.config, ['history', '--failed']);
    expect(stdout).not.toContain(durable.channel);
  });

  it('goes on with others while one waits to be tried again', async () => {
    const durable = await openDurableChannel(site);
    await durable.listen(['--durable', 'work', durable.script('[ "$2" != bad ] || [ $REMAPHORE_ATTEMPT = 2 ]')]);
    await durable.send('bad', 'a', 'b');
    expect(await durable.untilRan(4)).toEqual(['1 bad', '1 a', '1 b', '2 bad']);
  });

  it('runs several at once with -j', async () => {
    const durable = await openDurableChannel(site);
    const both = `until [ $(wc -l <${durable.scripts.path}/ran) = 2 ]; do sleep 0.05; done`;
    const listener = await durable.listen(['--durable', 'work', '-n', '2', '-j', '2', durable.script(both)]);
    await durable.send('a', 'b');
    expect((await listener.finished).exitCode).toBe(0);
    expect(durable.ran().sort()).toEqual(['1 a', '1 b']);
  });

  it('answers each try', async () => {
    const durable = await openDurableChannel(site);
    await durable.listen(['--durable', 'work', durable.script('echo sorry; exit 7')]);
    const { stdout } = await run(site.left.config, ['-r', '-S', durable.channel, '-D', 'com.crypto.us.right', 'a']);
    expect(stdout).toContain('com.crypto.us.right,7,sorry');
  });

  it('with -o leaves what failed for the next one, and exits with -e as the script did', async () => {
    const durable = await openDurableChannel(site);
    const args = ['--durable', 'work', '-o', '-e', durable.script('[ $REMAPHORE_ATTEMPT != 1 ] || exit 9')];
    const first = await durable.listen(args);
    await durable.send('a');
    expect((await first.finished).exitCode).toBe(9);
    const second = await durable.listen(args);
    expect((await second.finished).exitCode).toBe(0);
    expect(durable.ran()).toEqual(['1 a', '2 a']);
  });

  it('shows the id and the try with --json', async () => {
    const durable = await openDurableChannel(site);
    const listener = await durable.listen(['--durable', 'work', '--json', '-n', '2', durable.script('[ $1 = ping ]')]);
    await durable.send('a');
    await run(site.left.config, ['-s', '-S', durable.channel, '-v', 'deploy', 'b']);
    const { stdout, stderr } = await listener.finished;
    const [a, b] = readRecords(stdout);
    expect(a).toMatchObject({ payload: 'a', attempt: 1, exit_code: 0 });
    expect(b).toMatchObject({ payload: 'b', attempt: 1, exit_code: 1 });
    expect(b?.['id']).toMatch(/^work-[0-9a-f]{8}:\d+$/);
    expect(readRecords(stderr)).toContainEqual(
      expect.objectContaining({ type: 'notice', id: b?.['id'], attempt: 1, exit_code: 1, again_ms: 1000 }),
    );
  });
});

describe('what is under way when a durable listener ends', () => {
  async function startSleeping(durable: DurableChannel, args: string[] = []) {
    const up = join(durable.scripts.path, 'up');
    const wait = `echo $$ >${up}.new; mv ${up}.new ${up}; exec sleep 60 >/dev/null 2>&1`;
    const script = durable.script(`[ $REMAPHORE_ATTEMPT != 1 ] || { ${wait}; }`);
    const listener = await durable.listen(['--durable', 'work', '--retries', '0', ...args, script]);
    await durable.send('a');
    await until('the script is up', () => existsSync(up));
    return { listener, script, pid: Number(readFileSync(up, 'utf8')) };
  }

  it.each(['SIGTERM', '-t'])('is given back at once at %s, and is no failure', async (how) => {
    const durable = await openDurableChannel(site);
    const { listener, script } = await startSleeping(durable, how === '-t' ? ['-t', '3s'] : []);
    if (how === 'SIGTERM') listener.kill('SIGTERM');
    const { exitCode, stderr } = await listener.finished;
    expect(stderr).not.toContain('set aside');
    // As without --durable: a message came.
    expect(exitCode).toBe(how === '-t' ? 0 : 143);
    const since = performance.now();
    const second = await durable.listen(['--durable', 'work', '-o', script]);
    expect((await second.finished).exitCode).toBe(0);
    // Well before the broker would find it out by itself.
    expect(performance.now() - since).toBeLessThan(8000);
    expect(durable.ran()).toEqual(['1 a', '2 a']);
  });

  it('is run again by another when the listener was killed', async () => {
    const durable = await openDurableChannel(site);
    const { listener, script, pid } = await startSleeping(durable);
    // Nobody ends it.
    onTestFinished(() => killProcess(pid));
    const other = await durable.listen(['--durable', 'work', '-o', script]);
    listener.kill('SIGKILL');
    expect((await other.finished).exitCode).toBe(0);
    expect(durable.ran()).toEqual(['1 a', '2 a']);
  });

  it('is not run by another while it lasts, for longer than a listener may be silent', async () => {
    const durable = await openDurableChannel(site);
    const done = join(durable.scripts.path, 'done');
    const listener = await durable.listen(['--durable', 'work', '-o', durable.script(`sleep 13; touch ${done}`)]);
    await durable.send('a');
    await durable.untilRan(1);
    const other = await durable.listen(['--durable', 'work', durable.script()]);
    const { exitCode, stderr } = await listener.finished;
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: 'remaphore: ready\n' });
    expect(existsSync(done)).toBe(true);
    // Longer than it would take until what was not acknowledged came again.
    await new Promise((resolve) => setTimeout(resolve, 11_000));
    expect(durable.ran()).toEqual(['1 a']);
    other.kill('SIGTERM');
  });
});

describe('durable listeners of one name', () => {
  it('share what comes, each message going to one of them', async () => {
    const durable = await openDurableChannel(site);
    const script = durable.script('echo $2');
    const listeners = await Promise.all([1, 2].map(() => durable.listen(['--durable', 'work', script])));
    const wanted = Array.from({ length: 200 }, (_, i) => `m${i}`);
    await site.publish(durable.channel, ...wanted.map((payload) => site.message({ payload, quick: true })));
    await durable.untilRan(200);
    const outputs = (await Promise.all(listeners.map(durable.end))).map(({ stdout }) => stdout.split('\n'));
    const ran = outputs.flatMap((lines) => lines.slice(0, -1));
    expect(ran.sort()).toEqual(wanted.sort());
    for (const lines of outputs) expect(lines.length).toBeGreaterThan(20);
  });

  it('and other filters do not acknowledge what is for each other', async () => {
    const durable = await openDurableChannel(site);
    const pings = await durable.listen(['--durable', 'work', '-v', 'ping', '-n', '2']);
    const both = await durable.listen(['--durable', 'work', '-v', 'deploy,ping', '-n', '3']);
    const sameAsBoth = await durable.listen(['--durable', 'work', '-v', 'ping,DEPLOY']);
    sameAsBoth.kill('SIGTERM');
    await sameAsBoth.finished;
    await durable.send('a');
    await run(site.left.config, ['-s', '-S', durable.channel, '-v', 'deploy', 'b']);
    await durable.send('c');
    expect((await pings.finished).stdout).toBe('a\nc\n');
    expect((await both.finished).stdout).toBe('a\nb\nc\n');
  });

  it('are told of nothing that came, as others are', async () => {
    const durable = await openDurableChannel(site);
    const listener = await startReady(site.right.config, [
      '-S',
      durable.channel,
      '--durable',
      'work',
      '-v',
      'x',
      '-t',
      '2s',
    ]);
    await durable.send('a');
    const { exitCode, stderr } = await listener.finished;
    expect(exitCode).toBe(1);
    expect(stderr).toContain('nothing matched in 2 s; ignored: 1 with another verb');
  });
});
