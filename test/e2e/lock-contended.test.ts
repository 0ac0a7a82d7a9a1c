// Many processes want one lock at once. What they write carries its fence, and the log shows that never two wrote at the
// same time, and none late. LOCK_ROUNDS: how many rounds in all (npm run test:long has more).

import { describe, expect, it } from 'vitest';
import { hold, untilGuarded } from '../helpers/locks.ts';
import { runShell, startShell } from '../helpers/program.ts';
import { openScripts } from '../helpers/scripts.ts';
import { openSite } from '../helpers/site.ts';

const PROCESSES = 8;
/** How many rounds each process has before all begin anew: a program may not take too long. */
const BATCH = 6;
const ROUNDS = Number(process.env['LOCK_ROUNDS'] ?? 48);
const LIMIT_MS = 60_000 + ROUNDS * 1000;

const site = openSite(['com.crypto.us.left', 'com.crypto.us.right'], '', { jetStream: true });
const scripts = openScripts();

/** A critical section of two writes to a log. */
const SECTION = 'echo "begin $REMAPHORE_FENCE" >>"$LOG"; sleep 0.01; echo "end $REMAPHORE_FENCE" >>"$LOG"';
/** What one process does: the section, again and again. */
const loop = (rounds: number, options = '') =>
  `for i in $(seq ${rounds}); do "$REMAPHORE" lock contended ${options} -- sh -c '${SECTION}' || exit; done`;

describe('8 processes that want one lock', () => {
  it(
    `have it one after another, with a fence that only grows, in ${ROUNDS} rounds`,
    async () => {
      const LOG = `${scripts.path}/log`;
      const nodes = Array.from({ length: PROCESSES }, (_, i) => site.nodes[i % 2] as { config: string });
      const batches = Math.ceil(ROUNDS / PROCESSES / BATCH);
      for (let i = 0; i < batches; i++) {
        const loops = nodes.map(({ config }) => startShell(config, loop(BATCH), { env: { LOG } }).finished);
        for (const { exitCode, stderr } of await Promise.all(loops)) expect([exitCode, stderr]).toEqual([0, '']);
      }
      expectInTurn(scripts.lines('log'), batches * BATCH * PROCESSES);
    },
    LIMIT_MS,
  );

  it('have it one after another although one of them is stopped past its ttl, killed, and the broker too', async () => {
    const LOG = `${scripts.path}/log`;
    const [left, right] = site.nodes as unknown as [{ config: string }, { config: string }];
    const others = [left, right, left].map(({ config }) => startShell(config, loop(4, '--ttl 2s'), { env: { LOG } }));
    const node = site.nodes[0] as Parameters<typeof hold>[0];
    const stopped = await hold(node, 'contended', ['--ttl', '1s']);
    await untilGuarded(stopped);
    stopped.program.kill('SIGSTOP');
    const next = await hold(node, 'contended', ['--ttl', '1s']);
    await untilGuarded(next);
    next.program.kill('SIGKILL');
    await site.server.stop();
    await site.server.start();
    stopped.program.kill('SIGCONT');
    expect((await stopped.program.finished).exitCode).toBe(3);
    await runShell(right.config, loop(1), { env: { LOG } });
    for (const other of others) expect(await other.finished).toMatchObject({ exitCode: 0 });
    expectInTurn(scripts.lines('log'), 13);
  });
});

/** Begin and end of one fence, then of a larger one, and so on. */
function expectInTurn(lines: string[], rounds: number): void {
  expect(lines).toHaveLength(2 * rounds);
  let last = 0;
  for (let i = 0; i < lines.length; i += 2) {
    const fence = Number(lines[i]?.replace('begin ', ''));
    expect(fence).toBeGreaterThan(last);
    expect(lines.slice(i, i + 2)).toEqual([`begin ${fence}`, `end ${fence}`]);
    last = fence;
  }
}
