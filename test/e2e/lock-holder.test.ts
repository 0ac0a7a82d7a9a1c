// A holder that dies, is stopped, or loses the broker: its command is gone before anybody else holds the lock.

import { describe, expect, it } from 'vitest';
import { HOLDING, hold, isRunning, untilGone, untilGuarded, untilHeld, untilWaiting } from '../helpers/locks.ts';
import { run, start } from '../helpers/program.ts';
import { openScripts } from '../helpers/scripts.ts';
import { openSite } from '../helpers/site.ts';
import { startTerminal } from '../helpers/terminal.ts';

const site = openSite(['com.crypto.us.left', 'com.crypto.us.right'], '', { jetStream: true });
const [left, right] = site.nodes;
const scripts = openScripts();

/** A command that looks whether a process still runs, and tells its fence; what nobody has waited for is a zombie, Z. */
const lookFor = (pid: number) => ['sh', '-c', `echo "state $(ps -o state= -p ${pid})"; echo $REMAPHORE_FENCE`];
const GONE = /^state (?:Z|)\n(\d+)\n$/;

describe('a holder that is killed with SIGKILL', () => {
  it('leaves the lock to the next after its ttl, when its command is gone', async () => {
    const holder = await hold(left, 'killed', ['--ttl', '2s']);
    const waiter = start(right.config, ['lock', 'killed', '--', ...lookFor(holder.pid)]);
    await untilWaiting(right, 'killed', 1);
    await untilGuarded(holder);
    holder.program.kill('SIGKILL');
    const killedMs = performance.now();
    const { exitCode, stdout } = await waiter.finished;
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(GONE);
    // It was refreshed within the last third of its ttl.
    expect(performance.now() - killedMs).toBeGreaterThan(1000);
  });
});

describe('a guard that cannot wait', () => {
  it('ends nothing, and the holder says that there is none', async () => {
    scripts.write('sleep', 'exit 1');
    const env = { PATH: `${scripts.path}:${process.env['PATH']}` };
    const words = ['lock', 'unguarded', '--ttl', '2s', '--', '/bin/sh', '-c', '/bin/sleep 2.5; echo done'];
    const { exitCode, stdout, stderr } = await run(left.config, words, { env });
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: 'done\n' });
    expect(stderr).toContain('warning: no guard for the command: sleep(1) cannot be run');
  });
});

describe('a holder that is stopped with SIGSTOP past its ttl', () => {
  it.each([[[]], [['--foreground']]])(
    'has its command ended meanwhile, and says that it has lost the lock when it is continued %j',
    async (options) => {
      const holder = await hold(left, 'stopped', ['--ttl', '2s', ...options]);
      await untilGuarded(holder);
      holder.program.kill('SIGSTOP');
      const { stdout } = await run(right.config, ['lock', 'stopped', '--', ...lookFor(holder.pid)]);
      expect(stdout).toMatch(GONE);
      expect(Number(GONE.exec(stdout)?.[1])).toBeGreaterThan(holder.fence);
      holder.program.kill('SIGCONT');
      const { exitCode, stderr } = await holder.program.finished;
      expect(exitCode).toBe(3);
      expect(stderr).toContain('remaphore: error: lock stopped is lost, the command is being ended');
    },
  );
});

describe('a waiter that is stopped for longer than its ttl', () => {
  it('waits again, behind those who have come since', async () => {
    const holder = await hold(left, 'away');
    const waiter = start(right.config, ['lock', 'away', '--ttl', '1s', '--', ...HOLDING]);
    await untilWaiting(left, 'away', 1);
    waiter.kill('SIGSTOP');
    await untilWaiting(left, 'away', 0);
    const second = start(right.config, ['lock', 'away', '--', ...HOLDING]);
    await untilWaiting(left, 'away', 1);
    waiter.kill('SIGCONT');
    await untilWaiting(left, 'away', 2);
    await holder.letGo();
    const first = await untilHeld(second);
    await first.letGo();
    const last = await untilHeld(waiter);
    expect(last.fence).toBeGreaterThan(first.fence);
    await last.letGo();
  });
});

describe('a broker that is killed', () => {
  it('and soon started again does not cost the lock, nor a waiter its turn', async () => {
    const holder = await hold(left, 'restart');
    const waiter = start(right.config, ['lock', 'restart', '--', 'sh', '-c', 'echo $REMAPHORE_FENCE']);
    await untilWaiting(left, 'restart', 1);
    await site.server.stop();
    await site.server.start();
    await untilWaiting(left, 'restart', 1);
    expect(isRunning(holder.pid)).toBe(true);
    await holder.letGo();
    const { exitCode, stdout } = await waiter.finished;
    expect(exitCode).toBe(0);
    expect(Number(stdout)).toBeGreaterThan(holder.fence);
  });

  it('for longer than half the ttl makes the holder end its command and exit 3', async () => {
    const script = scripts.write(
      'stubborn',
      'trap \'echo term\' TERM; echo "held $REMAPHORE_FENCE $$ ."; while :; do sleep 0.1; done',
    );
    const holder = await untilHeld(start(left.config, ['lock', 'outage', '--ttl', '4s', script]));
    const stoppedMs = performance.now();
    await site.server.stop();
    await untilGone(holder.pid);
    const goneMs = performance.now();
    const { exitCode, stdout, stderr } = await holder.program.finished;
    await site.server.start();
    expect(goneMs - stoppedMs).toBeLessThan(4000);
    expect(exitCode).toBe(3);
    expect(stdout).toContain('term\n');
    expect(stderr).toContain(
      'lock outage is lost, the command is being ended: the broker has not confirmed it for half its ttl',
    );
  });

  it('when the lock is to be given back makes that a warning, not a failure', async () => {
    const holder = await hold(left, 'give back');
    await site.server.stop();
    holder.program.kill('SIGTERM');
    const { exitCode, stderr } = await holder.program.finished;
    await site.server.start();
    expect(exitCode).toBe(128 + 15);
    expect(stderr).toContain(
      'warning: lock give back: the broker has not confirmed that it was given back; it is free in 30 s',
    );
  });

  it('makes who waits only for some time exit 3 when it is not back by then', async () => {
    const holder = await hold(left, 'wait');
    const waiter = start(right.config, ['lock', 'wait', '-t', '2s', '-E', '9', 'true']);
    await untilWaiting(left, 'wait', 1);
    await site.server.stop();
    const { exitCode } = await waiter.finished;
    await site.server.start();
    expect(exitCode).toBe(3);
    await holder.letGo();
  });
});

describe('signals', () => {
  it.each(['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2'] as const)(
    'that the holder gets are passed on: %s',
    async (signal) => {
      const script = scripts.write(
        'trap',
        `trap 'echo got; exit 4' ${signal.slice(3)}; echo "held 1 $$ ."; while :; do sleep 0.05; done`,
      );
      const holder = await untilHeld(start(left.config, ['lock', 'signals', script]));
      holder.program.kill(signal);
      const { exitCode, stdout } = await holder.program.finished;
      expect(exitCode).toBe(4);
      expect(stdout).toMatch(/got\n$/);
    },
  );

  it('reach the command’s children, which are in its process group', async () => {
    const holder = await untilHeld(
      start(left.config, ['lock', 'group', 'sh', '-c', 'sleep 60 & echo "held 1 $! ."; wait']),
    );
    holder.program.kill('SIGTERM');
    expect((await holder.program.finished).exitCode).toBe(128 + 15);
    await untilGone(holder.pid);
  });
});

describe('on a terminal', () => {
  it('a waiter shows its place and who holds the lock', async () => {
    const holder = await hold(left, 'shown');
    const waiter = startTerminal(right.config, '"$REMAPHORE" lock shown -t 20s true');
    await waiter.shows(/^waiting for lock shown, 1 before this one, held by com\.crypto\.us\.left, \d/);
    await holder.letGo();
    expect((await waiter.finished).exitCode).toBe(0);
    expect(await waiter.screen()).toEqual([]);
  });

  it('a command can read only with --foreground', async () => {
    const script = scripts.write('group', 'ps -o pgid= -p $$; ps -o tpgid= -p $$');
    const groups = async (option: string) => {
      const terminal = startTerminal(left.config, `"$REMAPHORE" lock tty -q ${option} ${script}`);
      const { stdout } = await terminal.finished;
      return /(\d+)\s+(-?\d+)\s*$/.exec(stdout)?.slice(1) ?? [];
    };
    const [own, terminal] = await groups('--foreground');
    expect(own).toMatch(/^\d+$/);
    expect(own).toBe(terminal);
    const [other, same] = await groups('');
    expect(other).toMatch(/^\d+$/);
    expect(other).not.toBe(same);
  });
});
