// Who is there.

import { describe, expect, it } from 'vitest';
import { readRecords } from '../helpers/output-schema.ts';
import { run, startReady } from '../helpers/program.ts';
import { respondWith } from '../helpers/responders.ts';
import { openScripts } from '../helpers/scripts.ts';
import { openSite, withClient } from '../helpers/site.ts';

const site = withClient(
  openSite([
    'com.crypto.us.left',
    'com.crypto.us.right',
    'com.crypto.eu.web',
    { destination: 'com.crypto.us.mute', verbs: 'deploy' },
  ]),
);
const [left, right, web, mute] = site.nodes;
const scripts = openScripts();

describe('ping', () => {
  it('has a row for each known host, the silent ones last, and a count', async () => {
    const script = scripts.write('answer', 'exit 3');
    const receivers = [
      await startReady(right.config, ['-o', '-t', '20s', script]),
      await startReady(web.config, ['-o', '-t', '20s']),
    ];
    const { exitCode, stdout } = await run(left.config, ['ping', '-t', '3s']);
    for (const receiver of receivers) await receiver.finished;
    expect(exitCode).toBe(4);
    const [first = '', second = '', ...rest] = stdout.split('\n');
    expect([first, second].sort()).toEqual([
      expect.stringMatching(/^com\.crypto\.eu\.web {4}answered in [0-9.]+ m?s, exit code 0$/),
      expect.stringMatching(/^com\.crypto\.us\.right {2}answered in [0-9.]+ m?s, exit code 3$/),
    ]);
    expect(rest).toEqual(['com.crypto.us.left   silent', 'com.crypto.us.mute   silent', '2 of 4 answered', '']);
  });

  it('ends with 0, before its time is over, when all that the pattern matches have answered', async () => {
    const receiver = await startReady(right.config, ['-o', '-t', '20s']);
    const { exitCode, stdout } = await run(left.config, ['ping', '-D', 'com.*.us.r*', '-t', '20s']);
    await receiver.finished;
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/\n1 of 1 answered\n$/);
  });

  it('ends with 1 when nobody answers', async () => {
    const { exitCode, stdout } = await run(left.config, ['ping', '-D', 'com.crypto.us.r*']);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: 'com.crypto.us.right  silent\n0 of 1 answered\n' });
  });

  it('gets an answer from nodes in the field too', async () => {
    await respondWith(site.client, 'remaphore.all', ({ answer }) => answer(right, 'NO_DATA', { bound: false }));
    const { exitCode, stdout } = await run(left.config, ['ping', '-D', right.destination, '-t', '5s']);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^com\.crypto\.us\.right {2}answered in .*, no script\n1 of 1 answered\n$/);
  });

  it('says whose clock is off for certain', async () => {
    await respondWith(site.client, 'remaphore.all', ({ forge, request }) => {
      const uuidHex = request.toString('latin1').split(',')[4] as string;
      forge(right, { payload: '0,', timeMs: Date.now() - 2500, uuidHex });
    });
    const { stdout } = await run(left.config, ['ping', '-D', right.destination, '-t', '5s']);
    expect(stdout).toMatch(/answered in .*, exit code 0, its clock is 2\.\d s behind\n/);
  });

  it('says the same as JSON', async () => {
    const receiver = await startReady(right.config, ['-o', '-t', '20s']);
    const { stdout } = await run(left.config, ['ping', '--json', '-D', 'com.crypto.us.*', '-t', '2s']);
    await receiver.finished;
    expect(readRecords(stdout)).toEqual([
      {
        type: 'peer',
        destination: 'com.crypto.us.right',
        answered: true,
        public_key: right.keys.publicKey,
        milliseconds: expect.any(Number),
        exit_code: 0,
        bound: true,
        clock_off_ms: 0,
      },
      { type: 'peer', destination: 'com.crypto.us.left', answered: false },
      { type: 'peer', destination: 'com.crypto.us.mute', answered: false },
      { type: 'summary', command: 'ping', answered: 1, known: 3 },
    ]);
  });

  it('is heard on another channel with -S', async () => {
    const receiver = await startReady(right.config, ['-o', '-t', '20s', '-S', 'ops']);
    expect(await run(left.config, ['ping', '-D', right.destination, '-S', 'ops'])).toMatchObject({ exitCode: 0 });
    await receiver.finished;
  });

  it('is refused to an identity that may not use the verb', async () => {
    const { exitCode, stderr } = await run(mute.config, ['ping']);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('no identity may use ping');
  });

  it('is refused when the pattern matches nobody', async () => {
    const { exitCode, stderr } = await run(left.config, ['ping', '-D', 'org.**']);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('nobody could answer');
  });
});
