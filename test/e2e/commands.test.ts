// Which command a command line means.

import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../../src/cli/commands.ts';
import { run, runShell, startReady } from '../helpers/program.ts';
import { openScripts } from '../helpers/scripts.ts';
import { openSite } from '../helpers/site.ts';

const site = openSite(['com.crypto.us.left', 'com.crypto.us.right']);
const [left, right] = site.nodes;
const scripts = openScripts();

const NAMES = COMMANDS.map(({ name }) => name);

describe('a first word that is a command’s name', () => {
  it('is that command', async () => {
    expect(await run(left.config, ['ping', '-t', '1s'])).toMatchObject({ stdout: expect.stringContaining('answered') });
  });

  it.each(NAMES)('is that command and no script: %s', async (name) => {
    const { exitCode, stdout, stderr } = await run(left.config, [name, '--help']);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toMatch(new RegExp(`^remaphore ${name} .*: `));
    expect(await run(left.config, ['help', name])).toMatchObject({ exitCode: 0, stdout });
  });

  it('is a message after -s', async () => {
    const receiver = await startReady(right.config, ['-o', '-t', '20s']);
    await run(left.config, ['-s', 'ping']);
    expect((await receiver.finished).stdout).toBe('ping\n');
  });

  it.each(['./ping', '-- ping'])('is a script as %s', async (words) => {
    writeFileSync(join(scripts.path, 'ping'), '#!/bin/sh\necho "script: $2"\n');
    chmodSync(join(scripts.path, 'ping'), 0o755);
    const env = { PATH: `${scripts.path}:${process.env['PATH']}` };
    const receiver = await startReady(right.config, ['-o', '-t', '20s', ...words.split(' ')], {
      cwd: scripts.path,
      env,
    });
    await run(left.config, ['-s', 'hello']);
    expect((await receiver.finished).stdout).toBe('script: hello\n');
  });

  it.each([[['-c', 'FILE', 'ping']], [['-o', 'help']], [['-q', 'ping', '-t', '1s']]])(
    'is refused behind options, where it could be either: %j',
    async (args) => {
      const { exitCode, stdout, stderr } = await run(left.config, args);
      const name = args.find((word) => NAMES.includes(word as never));
      expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
      expect(stderr).toBe(
        `remaphore: error: ${name} after options could be the command or a script\n` +
          `remaphore: hint: the command: remaphore ${name} … with its options behind it; the script: -- ${name}, or ./${name}\n`,
      );
    },
  );

  it('takes its options before and after its words', async () => {
    const after = await run(left.config, ['help', 'ping', '--json']);
    expect(after.stderr).toContain('--json has no meaning for help');
    expect(after.exitCode).toBe(2);
  });
});

describe('a first word that is no command’s name', () => {
  it.each([
    ['chekc', 'check'],
    ['pign', 'ping'],
    ['version', '--version'],
    ['send', '--send'],
  ])('is refused when it looks like one and is no script: %s', async (word, meant) => {
    const { exitCode, stderr } = await run(left.config, [word, '-x']);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(`no command is called "${word}", and no script on the PATH\n`);
    expect(stderr).toContain(`did you mean ${meant}? A script of that name is run as -- ${word}, or ./${word}\n`);
  });

  it.each([
    ['on the PATH', ['chekc']],
    ['behind --', ['--', 'chekc']],
    ['behind options', ['-o', 'chekc']],
  ])('is a script %s', async (_, words) => {
    scripts.write('chekc', 'echo "script: $2"');
    const env = { PATH: `${scripts.path}:${process.env['PATH']}` };
    const receiver = await startReady(right.config, words, { env });
    await run(left.config, ['-s', 'hello']);
    await receiver.printed('script: hello\n');
    receiver.kill('SIGTERM');
    await receiver.finished;
  });
});

describe('a command', () => {
  it('refuses an option that has no meaning for it', async () => {
    const { exitCode, stderr } = await run(left.config, ['ping', '--once']);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('--once is for receiving, not for ping');
  });

  it('refuses a word too many', async () => {
    const { exitCode, stderr } = await run(left.config, ['ping', 'com.crypto.us.right']);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('unexpected word "com.crypto.us.right"\nremaphore: hint: see remaphore ping --help\n');
  });

  it('that does not exist has no help, and the one that was meant is named', async () => {
    const { exitCode, stderr } = await run(left.config, ['help', 'pong']);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('did you mean ping?');
  });
});

describe('the help', () => {
  it('names every command and what it does', async () => {
    const { exitCode, stdout } = await run(left.config, ['help']);
    expect(exitCode).toBe(0);
    for (const { name, describe: text } of COMMANDS) {
      expect(stdout).toMatch(new RegExp(`^ +${name}\\b`, 'm'));
      expect(stdout.replaceAll(/\s+/g, ' ')).toContain(text);
    }
    expect((await run(left.config, ['--help'])).stdout).toBe(stdout);
  });

  it.each(['help | head -1', '--help | head -1', 'ping --help | head -1'])(
    'ends as by SIGPIPE, and without a word, when its reader has gone: %s',
    async (line) => {
      const { stdout, stderr } = await runShell(left.config, `"$REMAPHORE" ${line}; echo "\${PIPESTATUS[0]}"`);
      expect(stdout).toMatch(/^remaphore .*\n(0|141)\n$/);
      expect(stderr).toBe('');
    },
  );
});
