// The examples that wait for a signal and those that give it: a CI step that is held, and one host's job after another's.

import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openExamples } from '../helpers/examples.ts';
import { createNetwork } from '../helpers/network.ts';
import { run } from '../helpers/program.ts';
import { openScripts } from '../helpers/scripts.ts';
import { findFreePort } from '../helpers/server.ts';
import { openSite } from '../helpers/site.ts';

const site = openSite([
  { destination: 'com.example.ci', verbs: 'ping' },
  { destination: 'com.example.lead', verbs: 'approve, done' },
  { destination: 'com.example.archive', verbs: 'ping' },
]);
const [ci, lead, archive] = site.nodes;
const examples = openExamples();
const scripts = openScripts();

/** A configuration by a server that is not there. */
async function withoutServer(use: (config: string) => Promise<void>): Promise<void> {
  using hosts = createNetwork(`nats://127.0.0.1:${await findFreePort()}`, ['com.example.ci']);
  await use(hosts.nodes[0]?.config as string);
}

describe('ci-gate.sh and ci-approve.sh', () => {
  it('let the step go on when it is approved, and print the note; both sides know', async () => {
    const gate = examples.start(ci.config, 'ci-gate.sh', ['release-1.2', '30s']);
    await gate.said('remaphore: ready');
    expect(
      await examples.run(lead.config, 'ci-approve.sh', ['release-1.2', 'com.example.ci', 'looks', 'good']),
    ).toEqual({
      exitCode: 0,
      stdout: '',
      stderr: 'ci-approve: com.example.ci goes on with release-1.2\n',
    });
    expect(await gate.finished).toEqual({
      exitCode: 0,
      stdout: 'looks good\n',
      stderr: 'remaphore: ready\nci-gate: release-1.2 is approved\n',
    });
  });

  it('hold the step when nobody approves, when another thing is approved, and when somebody else says so', async () => {
    const gate = examples.start(ci.config, 'ci-gate.sh', ['release-1.2', '3s']);
    await gate.said('remaphore: ready');
    await run(lead.config, ['-s', '-v', 'approve', '-u', 'release-1.3']);
    await run(archive.config, ['-s', '-v', 'ping', '-u', 'release-1.2']);
    const { exitCode, stdout, stderr } = await gate.finished;
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toContain('ignored: 1 with another verb, 1 with another uuid');
    expect(stderr).toContain('ci-gate: nobody approved release-1.2 within 3s\n');
  });

  it('tell the approver when no gate is there', async () => {
    const { exitCode, stderr } = await examples.run(lead.config, 'ci-approve.sh', ['release-1.2', 'com.example.ci']);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('ci-approve: nothing at com.example.ci waits for release-1.2\n');
  });

  it('hold the step when the broker is away', async () => {
    await withoutServer(async (config) => {
      const { exitCode, stderr } = await examples.run(config, 'ci-gate.sh', ['release-1.2', '300ms']);
      expect(exitCode).toBe(3);
      expect(stderr).toContain('ci-gate: release-1.2 is not approved: remaphore ended with 3\n');
    });
  });

  it.each([
    ['ci-gate.sh', []],
    ['ci-gate.sh', ['']],
    ['ci-gate.sh', ['release', '1x']],
    ['ci-gate.sh', ['release', '1s', 'more']],
    ['ci-approve.sh', ['release']],
    ['ci-approve.sh', ['release', '']],
  ])('%s with %j ends with 2', async (script, args) => {
    expect((await examples.run(lead.config, script, args)).exitCode).toBe(2);
  });
});

describe('cron-then-signal.sh and cron-after-signal.sh', () => {
  it('run the second job once the first has succeeded, its words untouched; the first is silent', async () => {
    const after = examples.start(archive.config, 'cron-after-signal.sh', [
      'nightly-dump',
      '30s',
      'printf',
      '%s|',
      'a b',
      '*',
    ]);
    const first = await untilHeard('nightly-dump', ['true']);
    expect(first).toEqual({ exitCode: 0, stdout: '', stderr: '' });
    expect(await after.finished).toEqual({ exitCode: 0, stdout: 'a b|*|', stderr: '' });
  });

  it('end with the second job’s own exit code', async () => {
    const after = examples.start(archive.config, 'cron-after-signal.sh', ['failing', '30s', 'sh', '-c', 'exit 9']);
    await untilHeard('failing', ['true']);
    expect((await after.finished).exitCode).toBe(9);
  });

  it('send nothing when the first job fails, and end with its exit code', async () => {
    const after = examples.start(archive.config, 'cron-after-signal.sh', ['nightly-dump', '1s', 'echo', 'ran']);
    const first = await examples.run(lead.config, 'cron-then-signal.sh', [
      'nightly-dump',
      'com.example.archive',
      'sh',
      '-c',
      'echo no space >&2; exit 7',
    ]);
    expect(first).toEqual({ exitCode: 7, stdout: '', stderr: 'no space\n' });
    const { exitCode, stdout, stderr } = await after.finished;
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toBe('cron-after-signal: no nightly-dump within 1s, so echo is not run (remaphore ended with 1)\n');
  });

  it('tell the first host when nobody waited', async () => {
    const marker = scripts.write('job', `echo ran >>${join(scripts.path, 'log')}`);
    const { exitCode, stderr } = await examples.run(lead.config, 'cron-then-signal.sh', [
      'x',
      'com.example.archive',
      marker,
    ]);
    expect(scripts.lines('log')).toEqual(['ran']);
    expect(exitCode).toBe(1);
    expect(stderr).toContain(
      'the job is done, but com.example.archive did not all hear of x (remaphore ended with 1)\n',
    );
  });

  it('tell the first host when only some waited: 4, and those go on', async () => {
    const after = examples.start(archive.config, 'cron-after-signal.sh', ['some', '30s', 'echo', 'ran']);
    const first = await untilHeard('some', ['true'], 'com.example.*');
    expect(first.exitCode).toBe(4);
    expect(first.stderr).toContain('no answer from: com.example.ci, com.example.lead\n');
    expect(await after.finished).toMatchObject({ exitCode: 0, stdout: 'ran\n' });
  });

  it('do not run the second job when the broker is away', async () => {
    await withoutServer(async (config) => {
      const { exitCode, stdout } = await examples.run(config, 'cron-after-signal.sh', ['x', '300ms', 'echo', 'ran']);
      expect({ exitCode, stdout }).toEqual({ exitCode: 3, stdout: '' });
    });
  });

  it.each([
    ['cron-then-signal.sh', ['x', 'com.example.archive']],
    ['cron-after-signal.sh', ['x', '1s']],
    ['cron-after-signal.sh', ['', '1s', 'true']],
  ])('%s with %j ends with 2', async (script, args) => {
    expect((await examples.run(lead.config, script, args)).exitCode).toBe(2);
  });

  /** Gives the signal; the waiting side is silent, so what says that it is there is that it hears. */
  async function untilHeard(name: string, job: readonly string[], hosts = 'com.example.archive') {
    for (;;) {
      const env = { SIGNAL_TIMEOUT: '1s' };
      const ended = await examples.run(lead.config, 'cron-then-signal.sh', [name, hosts, ...job], { env });
      if (ended.exitCode !== 1) return ended;
    }
  }
});
