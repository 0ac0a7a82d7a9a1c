// Scripts that misbehave, and a receiver that is told to end while they do. More of each is in script-stubborn.test.ts,
// script-stop.test.ts, script-output.test.ts and script-resources.test.ts.

import { describe, expect, it } from 'vitest';
import { countRead, hasPendingSignal, listGroup, readStatus, until } from '../helpers/processes.ts';
import { openBench } from '../helpers/receiving.ts';
import { SLEEP, startRunning, writeWaiting } from '../helpers/running.ts';
import { openScripts } from '../helpers/scripts.ts';

const bench = openBench();
/** of one test */
const scripts = openScripts();

describe('a script', () => {
  it.each([
    ['closes its output early and goes on', 'exec >&- 2>&-', SLEEP, 143, ''],
    ['has its children in the background', `${SLEEP} & ${SLEEP} &`, 'wait', 143, ''],
    ['ends and leaves children that hold its output', `trap 'exit 9' TERM; ${SLEEP} & ${SLEEP} &`, 'wait', 9, ''],
    ['writes without end', 'echo y', 'exec yes', 143, 'y\n'],
  ])(
    'that %s is ended by one SIGTERM with all of its group, and answered for',
    async (_, prepare, wait, code, text) => {
      const path = writeWaiting(scripts, `echo run >>${scripts.path}/ran\n${prepare}`, wait);
      const { receiver, reply, group } = await startRunning(bench, scripts, [path]);
      receiver.kill('SIGTERM');
      const answer = await reply;
      expect(answer.exitCode).toBe(code);
      expect(answer.text.startsWith(text)).toBe(true);
      expect((await receiver.finished).exitCode).toBe(143);
      expect(listGroup(group)).toEqual([]);
      expect(scripts.lines('ran')).toEqual(['run']);
    },
  );

  it('that writes without end and ignores SIGTERM is ended by a second one, in memory that does not grow', async () => {
    const path = writeWaiting(scripts, 'trap "" TERM', 'while :; do head -c 10000000 /dev/zero; done');
    const { receiver, reply, group } = await startRunning(bench, scripts, [path]);
    const earlyKb = readStatus(receiver.pid, 'VmHWM');
    await until('much was read', () => countRead(receiver.pid) > 300_000_000);
    expect(readStatus(receiver.pid, 'VmHWM') - earlyKb).toBeLessThan(100 * 1024);
    receiver.kill('SIGTERM');
    await until('the first has arrived', () => !hasPendingSignal(receiver.pid));
    receiver.kill('SIGTERM');
    expect(await reply).toMatchObject({ exitCode: 137, text: expect.stringMatching(/ of [0-9]+ bytes/) });
    expect((await receiver.finished).exitCode).toBe(143);
    expect(listGroup(group)).toEqual([]);
  });
});
