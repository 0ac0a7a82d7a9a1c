// -r and --require: what is printed, who counts, and the exit code.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Program, run, startReady } from '../helpers/program.ts';
import { openSite } from '../helpers/site.ts';

const [asker, one, two] = openSite(['org.asker', 'com.one', 'com.two', 'com.three']).nodes;
let responders: Program[];

beforeAll(async () => {
  // Of the three that are known below com, two answer, and one of them with a failure.
  responders = await Promise.all([
    startReady(one.config, ['-t', '50s', 'echo']),
    startReady(two.config, ['-t', '50s', 'sh', '-c', 'exit 5']),
  ]);
});

afterAll(async () => {
  for (const responder of responders) responder.kill('SIGTERM');
  await Promise.all(responders.map(({ finished }) => finished));
});

const ONE = 'com.one,0,ping text';
const TWO = 'com.two,5,';

function lines(stdout: string): string[] {
  return stdout.split('\n').filter(Boolean).sort();
}

describe('a request', () => {
  it.each(['-r', '--request'])('made with %s ends at once when all known have answered', async (option) => {
    const ended = await run(asker.config, [option, '-D', 'com.one', '-t', '20s', 'text']);
    expect(ended).toEqual({ exitCode: 0, stdout: `${ONE}\n`, stderr: '' });
  });

  it('ends with 0 at the timeout when some have answered, naming who has not', async () => {
    const { exitCode, stdout, stderr } = await run(asker.config, ['-r', '-D', 'com.*', '-t', '3s', 'text']);
    expect({ exitCode, lines: lines(stdout) }).toEqual({ exitCode: 0, lines: [ONE, TWO] });
    expect(stderr).toBe('remaphore: warning: no answer from: com.three\n');
  });

  it('ends with 1 at the timeout when nobody has answered', async () => {
    const { exitCode, stdout, stderr } = await run(asker.config, ['-r', '-D', 'com.three', '-t', '1s', 'text']);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toContain('remaphore: warning: no answer from: com.three\n');
  });

  it('ends with 1 at once when nobody listens at all', async () => {
    const { exitCode, stdout, stderr } = await run(asker.config, ['-r', '-S', 'nobody', '-D', 'com.*', '-t', '0']);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toMatch(/nobody is listening/);
  });
});

describe('--require', () => {
  it.concurrent.each([
    ['all', 'all', 4],
    ['more than have answered', '3', 4],
    ['as many as have answered', '2', 0],
    ['fewer than have answered', '1', 0],
    ['a share that is rounded up to more than have answered', '67%', 4],
    ['a share that is rounded up to as many as have answered', '34%', 0],
    ['a share that is exactly what has answered', '66%', 0],
    ['the whole', '100%', 4],
    ['the smallest share', '1%', 0],
  ])('of %s (%s) ends with %i, after all replies have been printed', async (_, required, exitCode) => {
    const args = ['-r', '-D', 'com.*', '-t', '3s', '--require', required, 'text'];
    const ended = await run(asker.config, args);
    expect({ exitCode: ended.exitCode, lines: lines(ended.stdout) }).toEqual({ exitCode, lines: [ONE, TWO] });
    expect(ended.stderr).toContain('remaphore: warning: no answer from: com.three\n');
  });

  it('of all is met by whoever answered, whatever the answer', async () => {
    const args = ['-r', '-D', 'com.two', '-t', '20s', '--require=all', 'text'];
    expect(await run(asker.config, args)).toEqual({ exitCode: 0, stdout: `${TWO}\n`, stderr: '' });
  });

  it('does not turn no answer at all into too few: that is 1', async () => {
    const { exitCode } = await run(asker.config, ['-r', '-D', 'com.three', '-t', '1s', '--require', '1']);
    expect(exitCode).toBe(1);
  });

  it('of more than the known responders is 2, and nobody is asked', async () => {
    const { exitCode, stdout, stderr } = await run(asker.config, ['-r', '-D', 'com.*', '-t', '3s', '--require', '4']);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toBe('remaphore: error: --require 4: only 3 known responders\n');
  });
});
