import { describe, expect, it } from 'vitest';
import { HOLDING, hold, listLocks, untilGone, untilHeld, untilWaiting } from '../helpers/locks.ts';
import { createNetwork } from '../helpers/network.ts';
import { readRecords } from '../helpers/output-schema.ts';
import { run, start } from '../helpers/program.ts';
import { startProxy } from '../helpers/proxy.ts';
import { openScripts } from '../helpers/scripts.ts';
import { openSite } from '../helpers/site.ts';

const site = openSite(
  ['com.crypto.us.left', 'com.crypto.us.right', { destination: 'com.crypto.us.limited', verbs: 'ping' }],
  '',
  { jetStream: true },
);
const [left, right, limited] = site.nodes;
const scripts = openScripts();

describe('a lock', () => {
  it('runs the command with a fence that grows, with and without --', async () => {
    const first = await run(left.config, ['lock', 'fence', '--', 'sh', '-c', 'echo $REMAPHORE_FENCE']);
    const second = await run(right.config, ['lock', 'fence', 'sh', '-c', 'echo $REMAPHORE_FENCE']);
    expect(first).toMatchObject({ exitCode: 0, stderr: '' });
    expect(second).toMatchObject({ exitCode: 0, stderr: '' });
    expect(Number(first.stdout)).toBeGreaterThan(0);
    expect(Number(second.stdout)).toBeGreaterThan(Number(first.stdout));
  });

  it('is held by one at a time, and goes to the waiters in the order in which they came', async () => {
    const holder = await hold(left, 'order');
    const order = scripts.write('order', 'echo "$1" >>$(dirname "$0")/log');
    const waiters = [];
    for (const [i, node] of [right, left, right, left].entries()) {
      waiters.push(start(node.config, ['lock', 'order', order, `${i}`]));
      await untilWaiting(left, 'order', i + 1);
    }
    expect(scripts.lines('log')).toEqual([]);
    await holder.letGo();
    for (const waiter of waiters) expect((await waiter.finished).exitCode).toBe(0);
    expect(scripts.lines('log')).toEqual(['0', '1', '2', '3']);
  });

  it('with slots is held by so many', async () => {
    const holders = [await hold(left, 'slots', ['--slots', '2']), await hold(right, 'slots', ['--slots', '2'])];
    expect((await run(left.config, ['lock', 'slots', '--slots', '2', '--try', 'true'])).exitCode).toBe(1);
    await holders[0]?.letGo();
    expect((await run(left.config, ['lock', 'slots', '--slots', '2', '--try', 'true'])).exitCode).toBe(0);
    // Who wants it for itself alone does not get it beside another, nor does another beside it.
    const { exitCode, stderr } = await run(left.config, ['lock', 'slots', '--try', 'true']);
    expect(exitCode).toBe(1);
    const warning = 'lock slots: com.crypto.us.right wants it to have --slots 2, this run 1; the fewest count';
    expect(stderr).toContain(`remaphore: warning: ${warning}\n`);
    await holders[1]?.letGo();
    const alone = await hold(left, 'slots');
    expect((await run(left.config, ['lock', 'slots', '--slots', '5', '--try', 'true'])).exitCode).toBe(1);
    await alone.letGo();
  });

  it('that is held is not waited for with --try, nor for longer than -t; -E says what to exit with', async () => {
    const holder = await hold(left, 'busy');
    expect(await run(right.config, ['lock', 'busy', '--try', 'true'])).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: 'remaphore: error: lock busy is held by com.crypto.us.left\n',
    });
    expect(await run(right.config, ['lock', 'busy', '-t', '2s', '-E', '75', 'true'])).toEqual({
      exitCode: 75,
      stdout: '',
      stderr: 'remaphore: error: lock busy was not obtained in 2 s\n',
    });
    // Neither has left anything behind that somebody would have to wait for.
    await holder.letGo();
    expect((await run(right.config, ['lock', 'busy', '--try', 'true'])).exitCode).toBe(0);
  });

  it('that is waited for is left at a signal', async () => {
    const holder = await hold(left, 'left');
    const waiter = start(right.config, ['lock', 'left', 'true']);
    await untilWaiting(left, 'left', 1);
    waiter.kill('SIGINT');
    expect((await waiter.finished).exitCode).toBe(128 + 2);
    await untilWaiting(left, 'left', 0);
    await holder.letGo();
  });

  it('exits with the command’s own status, and with 126 or 127 when it cannot be run; each time it is free again', async () => {
    const status = async (...command: string[]) =>
      (await run(left.config, ['lock', 'status', '--try', ...command])).exitCode;
    expect(await status('sh', '-c', 'exit 7')).toBe(7);
    expect(await status('sh', '-c', 'kill -9 $$')).toBe(128 + 9);
    expect(await status('/no/such/command')).toBe(127);
    expect(await status('/')).toBe(126);
    expect(await status('true')).toBe(0);
  });

  it('ends what the command has left behind before it is given back', async () => {
    const command = 'sleep 60 & echo $!';
    const { stdout, exitCode } = await run(left.config, ['lock', 'behind', 'sh', '-c', command]);
    expect(exitCode).toBe(0);
    await untilGone(Number(stdout));
  });

  it('is shown by --list with who holds it and who waits', async () => {
    const holder = await hold(left, 'shown', ['--slots', '3', '--ttl', '1m']);
    const others = [await hold(right, 'shown', ['--slots', '2'])];
    const waiter = start(right.config, ['lock', 'shown', 'true']);
    await untilWaiting(left, 'shown', 1);
    const lock = (await listLocks(right)).find(({ name }) => name === 'shown') as unknown as {
      slots: number;
      holders: { destination: string; fence: number; claimed: string; held: string; until: string }[];
      waiting: { destination: string; held: string | null }[];
    };
    expect(lock.slots).toBe(1);
    expect(lock.holders.map(({ destination }) => destination)).toEqual(['com.crypto.us.left', 'com.crypto.us.right']);
    expect(lock.waiting).toMatchObject([{ destination: 'com.crypto.us.right', held: null }]);
    const [first] = lock.holders;
    expect(first?.fence).toBe(holder.fence);
    expect(Date.parse(first?.until ?? '') - Date.parse(first?.held ?? '')).toBeGreaterThanOrEqual(60_000);
    const text = (await run(left.config, ['lock', '--list'])).stdout;
    expect(text).toMatch(/^shown: 1 slot, 2 held, 1 waiting$/m);
    expect(text).toMatch(/^ {2}held by com\.crypto\.us\.left since \S+Z, until \S+Z unless refreshed, fence \d+$/m);
    expect(text).toMatch(/^ {2}com\.crypto\.us\.right waits since \S+Z/m);
    waiter.kill('SIGTERM');
    await waiter.finished;
    for (const one of [holder, ...others]) await one.letGo();
    expect((await listLocks(right)).filter(({ name }) => name === 'shown')).toEqual([]);
  });

  it('is another one for each name, whatever is in it', async () => {
    const names = ['a.b', 'a b', '*', '>', 'ä', 'a'.repeat(64)];
    const holders = [];
    for (const name of names) holders.push(await hold(left, name));
    const listed = (await listLocks(left)).map(({ name }) => name as string);
    expect(listed.filter((name) => names.includes(name))).toEqual([...names].sort());
    for (const holder of holders) await holder.letGo();
  });

  it('is not for an identity that may not use the verb', async () => {
    const { exitCode, stderr } = await run(limited.config, ['lock', 'limited', 'true']);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('no identity may use lock');
  });

  it('is another one under another verb', async () => {
    const holder = await hold(left, 'verbs');
    const other = await run(right.config, ['lock', 'verbs', '-v', 'deploy', '--try', 'true']);
    expect(other).toMatchObject({ exitCode: 0 });
    expect(other.stderr).toContain('lock verbs: ignored an entry with another verb');
    await holder.letGo();
  });
});

describe('what is said with --json', () => {
  it('is as the schema has it', async () => {
    const holder = await untilHeld(start(left.config, ['lock', 'json', '--json', '--', ...HOLDING]));
    const failed = await run(right.config, ['lock', 'json', '--json', '--try', 'true']);
    expect(readRecords(failed.stderr)).toMatchObject([{ type: 'error', code: 'not-obtained', exit_code: 1 }]);
    await holder.letGo();
    const missing = await run(right.config, ['lock', 'json', '--json', '/no/such/command']);
    expect(readRecords(missing.stderr)).toMatchObject([{ type: 'error', code: 'command', exit_code: 127 }]);
  });
});

describe('wrong usage', () => {
  it.each([
    [['lock'], 'lock: no name'],
    [['lock', '--', 'true'], 'lock: no name before --'],
    [['lock', 'x'], 'lock: no command'],
    [['lock', 'x', ''], 'lock: the command’s name is empty'],
    [['lock', 'a\tb', 'true'], 'it cannot hold what is not printable'],
    [['lock', 'x'.repeat(65), 'true'], 'it cannot be longer than 64 bytes'],
    [['lock', 'x', '--slots', '0', 'true'], '--slots "0": expected a whole number from 1'],
    [['lock', 'x', '--ttl', '500ms', 'true'], '--ttl "500ms": expected a duration like 1h2m3s4ms, from 1s to 1h'],
    [['lock', 'x', '--ttl', '2h', 'true'], '--ttl "2h"'],
    [['lock', 'x', '-E', '256', 'true'], '--conflict-exit-code "256"'],
    [['lock', 'x', '--try', '-t', '1s', 'true'], '--timeout and --try exclude each other'],
    [['lock', '--list', 'x'], 'lock --list: unexpected word "x"'],
    [['lock', 'x', '-v', 'a,b', 'true'], 'lock takes one verb'],
    [['barrier'], 'barrier: no name'],
    [['barrier', 'x'], 'barrier: no --parties'],
    [['barrier', 'x', '--parties', '0'], '--parties "0"'],
    [['barrier', 'x', '--parties', '2', 'y'], 'barrier: unexpected word "y"'],
  ])('%j exits 2 before anything is done', async (args, text) => {
    const { exitCode, stderr, stdout } = await run(left.config, args);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain(text);
  });
});

it('a list of locks that the server does not give in time is exit 3, and no bug', async () => {
  await using proxy = await startProxy(site.server.port);
  using network = createNetwork(proxy.url, ['com.crypto.us.left']);
  const node = network.nodes[0] as (typeof network.nodes)[number];
  proxy.fromServer = (chunk) => (chunk.includes('MSG _INBOX') ? undefined : chunk);
  const { exitCode, stdout, stderr } = await run(node.config, ['lock', '--list', '-t', '1s']);
  expect({ exitCode, stdout, stderr }).toEqual({
    exitCode: 3,
    stdout: '',
    stderr: 'remaphore: error: the server did not answer in time\n',
  });
});
