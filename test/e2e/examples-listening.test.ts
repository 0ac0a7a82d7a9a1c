// The listener for a service manager: the script that it runs, and that what the unit says of exit codes is so.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { EXAMPLES, listen, openExamples } from '../helpers/examples.ts';
import { run, startReady } from '../helpers/program.ts';
import { findFreePort } from '../helpers/server.ts';
import { openSite } from '../helpers/site.ts';

const site = openSite([{ destination: 'com.example.ops' }, { destination: 'com.example.web1', verbs: 'ping' }]);
const [ops, web1] = site.nodes;
const examples = openExamples();
const script = join(EXAMPLES, 'run-verb.sh');
let verbs: string;

beforeAll(() => {
  verbs = join(examples.directory, 'verbs.d');
  mkdirSync(verbs);
  const write = (name: string, body: string, mode = 0o755) => {
    writeFileSync(join(verbs, name), `#!/bin/sh\n${body}\n`, { mode });
  };
  write('restart', 'echo "$# <$1>"; exit 3');
  write('status', 'exit 0', 0o644);
  mkdirSync(join(verbs, 'directory'));
  writeFileSync(join(examples.directory, 'outside'), '#!/bin/sh\necho outside\n', { mode: 0o755 });
});

/** What the listener answers. */
async function ask(verb: string, ...payload: string[]) {
  const words = ['-r', '-D', 'com.example.web1', '-v', verb, '-t', '20s', '--', ...payload];
  const { exitCode, stdout } = await run(ops.config, words);
  expect(exitCode).toBe(0);
  return stdout;
}

describe('run-verb.sh', () => {
  it('runs the file of the verb’s name, with the payload as one word, and answers with its exit code', async () => {
    await listen(web1, [script, verbs]);
    expect(await ask('restart', 'a  b; $(id)', '*')).toBe('com.example.web1,3,1 <a  b; $(id) *>\n');
    expect(await ask('RESTART')).toBe('com.example.web1,3,1 <>\n');
  });

  it.each([
    ['has no file', 'deploy'],
    ['has a file that is not executable', 'status'],
    ['is a directory’s', 'directory'],
    ['leads out of the directory', '../outside'],
    ['is a path', '/bin/true'],
    ['is a dot', '.'],
  ])('answers 127 for a verb that %s', async (_, verb) => {
    await listen(web1, [script, verbs]);
    expect(await ask(verb)).toMatch(/^com\.example\.web1,127,run-verb: [^\n]+\n$/);
  });

  it('answers ping with 0 without a file, so that remaphore ping shows the host as well', async () => {
    await listen(web1, [script, verbs]);
    expect(await ask('ping')).toBe('com.example.web1,0,\n');
  });
});

describe('remaphore-listen.service', () => {
  const unit = readFileSync(join(EXAMPLES, 'remaphore-listen.service'), 'utf8');
  /** the values of a setting, in order */
  const read = (name: string) => [...unit.matchAll(new RegExp(`^${name}=(.*)$`, 'gm'))].map((match) => match[1] ?? '');
  const [command = ''] = read('ExecStart');
  const success = ['0', ...(read('SuccessExitStatus')[0] ?? '').split(' ')];
  const final = (read('RestartPreventExitStatus')[0] ?? '').split(' ');

  /** The unit's own command line, for this test's files; a -t that is given counts instead of the unit's. */
  const words = (timeout?: string) => {
    const [program, ...args] = command
      .replace('/usr/local/lib/remaphore/run-verb.sh', script)
      .replace('/etc/remaphore/verbs.d', verbs)
      .split(' ');
    expect(program).toBe('/usr/local/bin/remaphore');
    expect(args.slice(0, 2).join(' ')).toMatch(/^-c \$\{CREDENTIALS_DIRECTORY\}\/remaphore\.conf$/);
    const rest = args.slice(2);
    return timeout === undefined ? rest : [...rest.slice(0, rest.indexOf(script)), '-t', timeout, script, verbs];
  };

  it('has a command that listens and answers, and ends as it should when it is stopped', async () => {
    const listener = await startReady(web1.config, words());
    expect(await ask('restart', 'now')).toBe('com.example.web1,3,1 <now>\n');
    listener.kill('SIGTERM');
    expect(success).toContain(String((await listener.finished).exitCode));
  });

  it('is started again when -t is over, and neither end is a failure', async () => {
    const idle = await run(web1.config, words('1s'));
    const busy = await startReady(web1.config, words('2s'));
    await ask('restart');
    for (const { exitCode } of [idle, await busy.finished]) {
      expect(success).toContain(String(exitCode));
      expect(final).not.toContain(String(exitCode));
    }
    expect([idle.exitCode, read('Restart')]).toEqual([1, ['always']]);
  });

  it('is started again when the broker is away, which is a failure', async () => {
    const away = join(examples.directory, 'away.conf');
    const text = readFileSync(web1.config, 'utf8').replace(site.server.url, `nats://127.0.0.1:${await findFreePort()}`);
    writeFileSync(away, text, { mode: 0o600 });
    const { exitCode } = await run(away, words('300ms'));
    expect(exitCode).toBe(3);
    expect([...success, ...final]).not.toContain('3');
  });

  it('stays down when the configuration or the command line is wrong', async () => {
    const spoilt = join(examples.directory, 'spoilt.conf');
    writeFileSync(spoilt, 'server: nats://127.0.0.1\n', { mode: 0o600 });
    for (const ended of [await run(spoilt, words()), await run(web1.config, words('1x'))]) {
      expect(final).toContain(String(ended.exitCode));
    }
  });

  describe('as systemd sees it', () => {
    const paths = (process.env['PATH'] ?? '').split(':');
    const isThere = paths.some((directory) => existsSync(join(directory, 'systemd-analyze')));

    /** Runs systemd-analyze on the unit, with paths that are there. Where it is not, the test is skipped and says so. */
    const analyze = (skip: (note: string) => never, args: readonly string[]) => {
      if (!isThere) skip('systemd-analyze is not on this machine, so the unit was not verified');
      const file = join(examples.directory, 'remaphore-listen.service');
      const installed = unit
        .replace('/usr/local/bin/remaphore', process.execPath)
        .replace('/usr/local/lib/remaphore/run-verb.sh', script);
      writeFileSync(file, installed, { mode: 0o644 });
      return run('', [...args, file], { file: 'systemd-analyze' });
    };

    it('is free of errors and warnings', async ({ skip }) => {
      expect(await analyze(skip, ['verify'])).toEqual({ exitCode: 0, stdout: '', stderr: '' });
    });

    it('is hardly exposed: at most 2 of 10', async ({ skip }) => {
      // In tenths; it ends with 1 when the unit is more exposed.
      const ended = await analyze(skip, ['security', '--offline=true', '--threshold=20', '--no-pager']);
      expect(ended).toMatchObject({ exitCode: 0 });
      expect(ended.stdout).toContain('Overall exposure level for remaphore-listen.service');
    });
  });
});
