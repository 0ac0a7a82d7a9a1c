// The credentials that init makes let hosts listen so that nothing is lost.

import { expect, it, onTestFinished } from 'vitest';
import { initiate, LEFT, RIGHT } from '../helpers/initiated.ts';
import { readRecords } from '../helpers/output-schema.ts';
import { until } from '../helpers/processes.ts';
import { run, startReady } from '../helpers/program.ts';
import { createScripts } from '../helpers/scripts.ts';

it('a network made by init has all that durable listeners need', async () => {
  await using network = await initiate([LEFT, RIGHT], ['--subject', 'net.of-tests']);
  using scripts = createScripts();
  const left = network.config(LEFT);
  expect(await run(left, ['history', 'create'])).toMatchObject({ exitCode: 0 });
  const script = scripts.write('once', `echo $2 >>${scripts.path}/ran; [ $(wc -l <${scripts.path}/ran) != 1 ]`);
  const args = ['--durable', 'work', '--retries', '0', '-t', '45s', script];
  const listener = await startReady(network.config(RIGHT), args);
  onTestFinished(async () => {
    listener.kill('SIGKILL');
    await listener.finished;
  });
  await run(left, ['-s', 'a']);
  await listener.said('set aside');
  const [row] = readRecords((await run(left, ['history', '--failed', '--json'])).stdout);
  expect(await run(left, ['history', 'retry', row?.['id'] as string])).toMatchObject({ exitCode: 0 });
  await until('it was run again', () => scripts.lines('ran').length === 2);
  await run(left, ['-s', 'b']);
  await until('b was run', () => scripts.lines('ran').length === 3);
  expect(scripts.lines('ran')).toEqual(['a', 'a', 'b']);
});
