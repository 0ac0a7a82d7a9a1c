import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { run, startReady, startShell } from '../helpers/program.ts';
import { openSite } from '../helpers/site.ts';

const site = openSite(['com.crypto.us.left', 'com.crypto.us.right']);
const [left, right] = site.nodes;

it('many scripts at once make no noise of the runtime’s on standard error', async () => {
  const started = join(site.directory, 'started');
  writeFileSync(started, '');
  const words = ['-t', '6s', '-j', '16', 'sh', '-c', `echo x >> ${started}; sleep 20`];
  const receiver = await startReady(right.config, words);
  await Promise.all(Array.from({ length: 16 }, () => run(left.config, ['-s'])));
  const { exitCode, stderr } = await receiver.finished;
  expect(readFileSync(started, 'utf8')).toBe('x\n'.repeat(16));
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: 'remaphore: ready\n' });
});

it('a variable that scripts would get changed is told', async () => {
  // Only a shell can make a variable that is not UTF-8.
  const shell = startShell(right.config, 'LEGACY=$(printf "caf\\351") exec "$REMAPHORE" -t 1s true');
  const { exitCode, stderr } = await shell.finished;
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(
    /^remaphore: warning: not valid UTF-8, so that scripts get them changed: the variables LEGACY\n/,
  );
});
