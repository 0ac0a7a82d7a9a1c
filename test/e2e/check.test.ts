// What check says of the files on this host, and how.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { check, shortly } from '../helpers/checking.ts';
import { configText, OTHER, OWN, yamlText } from '../helpers/config-text.ts';
import { run, runShell } from '../helpers/program.ts';
import { openScripts } from '../helpers/scripts.ts';
import { startTerminal } from '../helpers/terminal.ts';

const scripts = openScripts();

/** Nothing listens there: to look at the servers would fail. */
const DEAD = 'server: nats://127.0.0.1:1';

function write(name: string, text: string): string {
  const path = join(scripts.path, name);
  writeFileSync(path, text, { mode: 0o600 });
  return path;
}

const good = () => write('good.conf', configText({ server: DEAD }));
const bad = () =>
  write(
    'bad.conf',
    configText({ server: DEAD, more: ['allow_skew: soon', 'colour: blue'], peers: ['com.x.z nope []'] }),
  );

it('check warns when what receivers accept could not be remembered', async () => {
  const { exitCode, rows } = await check(write('state.conf', `state: /dev/null/x\n${configText()}`), ['--offline']);
  expect(exitCode).toBe(0);
  expect(rows.filter((row) => row.check === 'state')).toEqual([
    expect.objectContaining({ severity: 'warning', detail: expect.stringContaining('its directory is a file') }),
  ]);
});

describe('check --offline', () => {
  it('says in a few rows that a good configuration is good, and exits with 0', async () => {
    const path = good();
    const { exitCode, stdout, stderr } = await run(path, ['check', '--offline']);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout.split('\n')).toEqual([
      `ok       configuration  ${path}: com.x.y is ${OWN.publicKey.slice(0, 4)}…, with 1 peer`,
      'ok       credentials    none: the servers must want none',
      '0 errors, 0 warnings',
      '',
    ]);
  });

  it('exits with 0 when there are only warnings', async () => {
    const path = write('odd.conf', configText({ server: DEAD, more: ['colour: blue'] }));
    const { exitCode, rows, summary } = await check(path, ['--offline']);
    expect(exitCode).toBe(0);
    expect(rows).toContainEqual({
      type: 'check',
      severity: 'warning',
      check: 'configuration',
      detail: 'unknown key "colour" has no effect',
      advice: 'remove it',
      file: path,
      line: 4,
    });
    expect(summary).toEqual({ type: 'summary', command: 'check', ok: 2, warnings: 1, errors: 0, exit_code: 0 });
  });

  it('names every mistake with its line and what to do, and exits with 2', async () => {
    const path = bad();
    const { exitCode, stdout, stderr } = await run(path, ['check', '--offline']);
    expect({ exitCode, stderr }).toEqual({ exitCode: 2, stderr: '' });
    expect(stdout.split('\n')).toEqual([
      expect.stringMatching(`^error    configuration  ${path}:4: allow_skew: expected a duration like .*; write `),
      `warning  configuration  ${path}:5: unknown key "colour" has no effect; remove it`,
      expect.stringMatching(`^error    configuration  ${path}:9: public key: expected 32 bytes .*; ask that host `),
      expect.stringMatching(`^warning  configuration  ${path}:9: com\\.x\\.z may use no verb here.*; grant it `),
      '2 errors, 2 warnings',
      '',
    ]);
  });

  it('names places in YAML', async () => {
    const peers = [{ destination: 'com.x.z', public_key: 'nope', verbs: [] }];
    const { exitCode, rows } = await check(write('bad.yaml', yamlText({ peers })), ['--offline']);
    expect(exitCode).toBe(2);
    expect(rows[0]).toMatchObject({
      severity: 'error',
      place: 'peers[0]',
      detail: expect.stringContaining('public key'),
    });
  });

  it('says of credentials that cannot be used what was expected, and exits with 2', async () => {
    write('damaged.creds', 'hello');
    const path = write('creds.conf', configText({ server: DEAD, credentials: 'credentials: damaged.creds' }));
    const { exitCode, rows } = await check(path, ['--offline']);
    expect(exitCode).toBe(2);
    expect(shortly(rows, 'credentials')).toEqual([expect.stringMatching(/^error .*expected a block .*USER JWT/)]);
  });

  it('takes the files that a configuration names from its own directory', async () => {
    const path = write('relative.conf', configText({ server: DEAD, credentials: 'credentials: none.creds' }));
    const { exitCode, rows } = await check(path, ['--offline'], { cwd: '/' });
    expect(exitCode).toBe(2);
    expect(rows).toContainEqual(
      expect.objectContaining({ severity: 'error', file: join(scripts.path, 'none.creds'), detail: 'no such file' }),
    );
  });

  it('never shows a key', async () => {
    const text = configText({
      more: [`subject: ${OWN.privateKey}`, `${OWN.privateKey}: x`],
      identities: [`${OWN.privateKey} ${OTHER.privateKey} [${OWN.privateKey}]`],
      peers: [`${OTHER.privateKey} ${OTHER.privateKey} [${OTHER.privateKey}*]`, `com.x ${OTHER.publicKey} []`],
    });
    for (const path of [write('leak.conf', text), write('leak.yaml', text)]) {
      for (const form of [[], ['--json']]) {
        const { stdout, stderr } = await run(path, ['check', '--offline', ...form]);
        expect(stdout).toContain('error');
        for (const key of [OWN.privateKey, OTHER.privateKey, OTHER.publicKey]) {
          expect(stdout + stderr).not.toContain(key.slice(0, 12));
        }
      }
    }
  });
});

describe('the configuration that check examines', () => {
  it('is the one that is named, else -c’s, else that of $REMAPHORE_CONFIG', async () => {
    const [one, other] = [good(), bad()];
    expect((await check(other, ['--offline', one])).rows[0]?.file).toBe(one);
    expect((await check(other, ['--offline', '-c', one])).rows[0]?.file).toBe(one);
    expect((await check('/nowhere', ['--offline', '-c', other, one])).rows[0]?.file).toBe(one);
    expect((await check(other, ['--offline'])).rows[0]?.file).toBe(other);
  });

  it.each([
    ['is not there', 'nothing.conf', 'no such file'],
    ['is a directory', 'directory.conf', 'it is a directory'],
    ['is not YAML', 'x.yaml', 'not YAML'],
  ])('is told of in a row and exit 2 when it %s', async (_, name, message) => {
    mkdirSync(join(scripts.path, 'directory.conf'), { recursive: true });
    write('x.yaml', 'servers: [');
    const path = join(scripts.path, name);
    const { exitCode, rows, summary } = await check(path);
    expect(exitCode).toBe(2);
    expect(rows).toEqual([
      expect.objectContaining({ severity: 'error', check: 'configuration', file: path, advice: expect.any(String) }),
    ]);
    expect(rows[0]?.detail).toContain(message);
    expect(summary).toMatchObject({ errors: 1, exit_code: 2 });
  });

  it('is one: a second is refused', async () => {
    const { exitCode, stderr } = await run(good(), ['check', 'a.conf', 'b.conf']);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('unexpected word "b.conf"');
  });
});

describe('the servers', () => {
  it('are not examined with a configuration that cannot be used, and that is said', async () => {
    const { exitCode, stdout, stderr } = await run(bad(), ['check']);
    expect(exitCode).toBe(2);
    expect(stdout).not.toContain('127.0.0.1:1');
    expect(stderr).toMatch(/^remaphore: the servers were not examined: .*\n$/);
  });

  it('are examined when only a peer’s line is wrong; the configuration’s exit code counts more', async () => {
    const path = write('peer.conf', configText({ server: DEAD, peers: ['com.x.z nope [ping]'] }));
    const { exitCode, rows } = await check(path);
    expect(exitCode).toBe(2);
    expect(shortly(rows, 'server')).toEqual([
      expect.stringMatching(/^error server: nats:\/\/127\.0\.0\.1:1: .*refused/),
    ]);
  });
});

describe('what check prints', () => {
  /** Wide enough for nothing. */
  const NARROW = 20;
  const CHECK = '"$REMAPHORE" check --offline';

  it('is wrapped to a terminal’s width, in columns', async () => {
    const terminal = startTerminal(bad(), CHECK, { columns: 70 });
    expect((await terminal.finished).exitCode).toBe(2);
    const lines = await terminal.screen();
    expect(lines[0]).toMatch(/^error {4}configuration {2}\S/);
    expect(lines[1]).toMatch(/^ {24}\S/);
    expect(lines.at(-1)).toBe('2 errors, 2 warnings');
  });

  it('can be read in 20 columns', async () => {
    const terminal = startTerminal(bad(), CHECK, { columns: NARROW });
    await terminal.finished;
    const lines = await terminal.screen();
    expect(lines[0]).toBe('error configuration'.slice(0, NARROW));
    expect(lines.filter((line) => line.startsWith('  ')).length).toBeGreaterThan(8);
    expect(lines.join('').replaceAll(' ', '')).toContain('unknownkey"colour"hasnoeffect;removeit');
  });

  it('has colours on a terminal that has them, and none with NO_COLOR', async () => {
    const env = { TERM: 'xterm-256color' };
    // The runtime takes colours from whoever says that it is a CI job.
    const coloured = await startTerminal(bad(), `unset CI; ${CHECK}`, { env }).finished;
    expect(coloured.stdout).toContain('\x1b[31merror\x1b[39m');
    expect(coloured.stdout).toContain('\x1b[33mwarning\x1b[39m');
    const plain = await startTerminal(bad(), CHECK, { env: { ...env, NO_COLOR: '1' } }).finished;
    expect(plain.stdout).not.toContain('\x1b');
    const dumb = await startTerminal(bad(), CHECK, { env: { TERM: 'dumb' } }).finished;
    expect(dumb.stdout).not.toContain('\x1b');
  });

  it('has no colours and whole lines in a pipe', async () => {
    const { stdout } = await run(bad(), ['check', '--offline'], { env: { TERM: 'xterm-256color' } });
    expect(stdout).not.toContain('\x1b');
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeGreaterThan(120);
  });

  it('shows what a terminal would obey escaped', async () => {
    const peers = [`com.x.\u202ez ${OTHER.publicKey} []`];
    const path = write('escape.conf', configText({ server: DEAD, peers }));
    const { stdout } = await startTerminal(path, CHECK, { columns: 200 }).finished;
    expect(stdout).not.toContain('\u202e');
    expect(stdout).toContain('com.x.\\u{202e}z may use no verb here');
  });

  it('ends quietly when its reader has gone, as for SIGPIPE', async () => {
    const script = 'exec 3> >(true); wait $!; "$REMAPHORE" check --offline >&3; echo $?';
    expect(await runShell(bad(), script)).toMatchObject({ stdout: '141\n', stderr: '' });
  });
});
