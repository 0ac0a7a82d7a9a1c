// A receiver that does not read: its server keeps so much for it, and then ends the connection (a "slow consumer").

import { expect, it } from 'vitest';
import { forgeMessage } from '../helpers/forge.ts';
import { run, start, startReady } from '../helpers/program.ts';
import { openScripts } from '../helpers/scripts.ts';
import { openSite, withClient } from '../helpers/site.ts';
import { writeSlow } from '../helpers/slow-script.ts';

const LOST = 'remaphore: connection to the server lost, reconnecting\n';
const BACK = 'remaphore: connected to a server again\n';
const PAYLOAD_BYTES = 60_000;
/** Four times what the buffers between two sockets of one machine take, 6 MB at most. */
const FLOOD = 400;

const site = withClient(
  openSite(
    ['com.crypto.us.left', 'com.crypto.us.right'],
    'max_payload: 65536\nmax_pending: 65536\nwrite_deadline: "1s"',
  ),
);
const [left, right] = site.nodes;
const scripts = openScripts();

/** Sends much on a channel; the payloads begin with their numbers. */
async function flood(channel: string): Promise<void> {
  for (let i = 0; i < FLOOD; i++) {
    const payload = `${i} `.padEnd(PAYLOAD_BYTES, 'x');
    site.client.publish(`remaphore.${channel}`, forgeMessage(left.keys, { payload, quick: true }));
  }
  await site.client.flush();
}

/** The numbers of the payloads that were printed. */
function numbersOf(stdout: string): number[] {
  return stdout
    .split('\n')
    .filter((line) => line.endsWith('x'))
    .map((line) => Number.parseInt(line, 10));
}

it('a receiver that was stopped says that it was disconnected, prints nothing twice, and gets what comes', async () => {
  const receiver = await startReady(right.config, ['-S', 'flood', '-t', '45s']);
  receiver.kill('SIGSTOP');
  await flood('flood');
  receiver.kill('SIGCONT');
  await receiver.said(LOST + BACK);
  expect((await run(left.config, ['-s', '-S', 'flood', 'end'])).exitCode).toBe(0);
  await receiver.printed('end\n');
  receiver.kill('SIGTERM');
  const { exitCode, stdout, stderr } = await receiver.finished;
  expect({ exitCode, stderr }).toEqual({ exitCode: 143, stderr: `remaphore: ready\n${LOST}${BACK}` });
  const numbers = numbersOf(stdout);
  expect(numbers.length).toBeLessThan(FLOOD);
  expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
  expect(new Set(numbers).size).toBe(numbers.length);
});

it('a receiver that was stopped while its script ran runs it to its end, and answers', async () => {
  const script = writeSlow(scripts, 'slow');
  const responder = await startReady(right.config, ['-S', 'busy', '-v', 'work', '-n', '2', '-t', '45s', script.path]);
  const asking = start(left.config, ['-r', '-S', 'busy', '-v', 'work', '-D', right.destination, '-t', '45s', 'one']);
  await script.untilRan(1);
  responder.kill('SIGSTOP');
  await flood('busy');
  responder.kill('SIGCONT');
  await responder.said(LOST + BACK);
  script.letEnd();
  expect(await asking.finished).toMatchObject({ exitCode: 0, stdout: `${right.destination},0,done one\n` });
  await run(left.config, ['-s', '-S', 'busy', '-v', 'work', 'two']);
  expect((await responder.finished).exitCode).toBe(0);
  expect(script.ran).toEqual(['one', 'two']);
  expect(script.left).toEqual([]);
});
