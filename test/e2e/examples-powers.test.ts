// The example that makes a configuration for each of several powers: each can do its one thing, and no other.

import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { listen, openExamples } from '../helpers/examples.ts';
import { createTestKeys } from '../helpers/forge.ts';
import type { TestNode } from '../helpers/network.ts';
import { type Ended, run } from '../helpers/program.ts';
import { openSite } from '../helpers/site.ts';

const site = openSite(['com.example.web1']);
const [web1] = site.nodes;
const examples = openExamples();

describe('several-powers.sh', () => {
  let made: Ended;
  let status: string;
  let deploy: string;
  /** the host as it is once it trusts the two */
  let host: TestNode;

  const make = (powers: readonly string[], input = `com.example.web1 ${web1.keys.publicKey} []\n`) =>
    examples.run('', 'several-powers.sh', [examples.directory, site.server.url, 'com.example.ops', ...powers], {
      input,
    });

  beforeAll(async () => {
    made = await make(['status', 'deploy']);
    [status, deploy] = ['status', 'deploy'].map((power) => join(examples.directory, `${power}.conf`)) as [
      string,
      string,
    ];
    host = { ...web1, config: join(examples.directory, 'host.conf') };
    writeFileSync(host.config, readFileSync(web1.config, 'utf8') + made.stdout, { mode: 0o600 });
  });

  it('prints what the hosts are to trust, each key for its one verb', () => {
    expect(made).toMatchObject({ exitCode: 0, stderr: '' });
    const key = '[1-9A-HJ-NP-Za-km-z]{43,44}';
    expect(made.stdout).toMatch(
      new RegExp(
        `^com\\.example\\.ops\\.status (${key}) \\[status\\]\ncom\\.example\\.ops\\.deploy (?!\\1)${key} \\[deploy\\]\n$`,
      ),
    );
  });

  it('makes files that only their owner can read', () => {
    expect([status, deploy].map((file) => statSync(file).mode & 0o777)).toEqual([0o600, 0o600]);
  });

  it('lets each do its own thing', async () => {
    await listen(host, ['sh', '-c', 'echo "$REMAPHORE_SENDER_DESTINATION does $1"', 'sh']);
    const ask = (config: string, verb: string) =>
      run(config, ['-r', '-D', 'com.example.web1', '-v', verb, '-t', '20s']);
    expect(await ask(status, 'status')).toMatchObject({
      exitCode: 0,
      stdout: 'com.example.web1,0,com.example.ops.status does status\n',
    });
    expect(await ask(deploy, 'deploy')).toMatchObject({
      exitCode: 0,
      stdout: 'com.example.web1,0,com.example.ops.deploy does deploy\n',
    });
  });

  it('does not let one do the other’s: not here, and not there if it is changed here', async () => {
    expect(await run(status, ['-s', '-v', 'deploy'])).toMatchObject({ exitCode: 2 });
    const bold = join(examples.directory, 'bold.conf');
    writeFileSync(bold, readFileSync(status, 'utf8').replace('[status]', '[*]'), { mode: 0o600 });
    const listener = await listen(host, ['--explain', '-o']);
    expect(await run(bold, ['-s', '-v', 'deploy'])).toMatchObject({ exitCode: 0 });
    await listener.said('com.example.ops.status may use [status], not deploy');
    expect(listener.stdout).toBe('');
  });

  it('overwrites nothing: 2, and the file is as it was', async () => {
    const before = readFileSync(status);
    expect(await make(['status'])).toMatchObject({ exitCode: 2, stdout: '' });
    expect(readFileSync(status)).toEqual(before);
  });

  it('leaves nothing behind when it cannot be used', async () => {
    const ended = await make(['broken'], `com.example.web1 ${createTestKeys().publicKey}1 []\n`);
    expect(ended).toMatchObject({ exitCode: 2, stdout: '' });
    expect(ended.stderr).toContain('public key');
    for (const name of ['broken.conf', 'broken.conf.new']) {
      expect(() => statSync(join(examples.directory, name))).toThrow('ENOENT');
    }
  });

  it('takes the credentials that lie there for a power', async () => {
    writeFileSync(join(examples.directory, 'backup.creds'), '', { mode: 0o600 });
    await make(['backup']);
    const text = readFileSync(join(examples.directory, 'backup.conf'), 'utf8');
    expect(text).toContain(`credentials: ${join(examples.directory, 'backup.creds')}\n`);
  });

  it('ends with 2 without a power', async () => {
    expect(await make([])).toMatchObject({ exitCode: 2, stdout: '' });
  });
});
