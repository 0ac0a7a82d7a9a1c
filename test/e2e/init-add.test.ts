import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createTestKeys } from '../helpers/forge.ts';
import { createWorkplace, initiate, LEFT, RIGHT, snapshot } from '../helpers/initiated.ts';
import { readRecords } from '../helpers/output-schema.ts';
import { until } from '../helpers/processes.ts';
import { run, start, startReady } from '../helpers/program.ts';

const THIRD = 'com.crypto.us.third';
const BOTH = `${LEFT},${RIGHT}`;

/** A network without a server that runs. */
async function makeNetwork(words: readonly string[] = []) {
  const workplace = createWorkplace();
  await run('', ['init', 'net', '--nodes', BOTH, ...words], { cwd: workplace.path });
  const directory = join(workplace.path, 'net');
  const path = (file: string) => join(directory, file);
  return {
    directory,
    path,
    read: (file: string) => readFileSync(path(file), 'utf8'),
    write: (file: string, text: string) => writeFileSync(path(file), text),
    add: (...more: string[]) => run('', ['init', 'net', '--add', ...more], { cwd: workplace.path }),
    workplace,
    [Symbol.dispose]: () => workplace[Symbol.dispose](),
  };
}

describe('init --add', () => {
  it('adds a host that the others and it signal to, with the server as it is', async () => {
    await using network = await initiate([LEFT, RIGHT]);
    const { exitCode, stderr } = await run('', ['init', network.path, '--add', THIRD]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    for (const [from, to] of [
      [LEFT, THIRD],
      [THIRD, RIGHT],
    ] as const) {
      const receiver = await startReady(network.config(to), ['-u', 'x', '-t', '20s']);
      expect(await run(network.config(from), ['-s', '-u', 'x', from])).toMatchObject({ exitCode: 0, stderr: '' });
      expect(await receiver.finished).toEqual({ exitCode: 0, stdout: `${from}\n`, stderr: 'remaphore: ready\n' });
    }
  });

  it('writes the same for a host as init would have, and a line for it into the others’ files', async () => {
    using network = await makeNetwork(['--verbs', 'ping,deploy', '--subject', 'x', '--server', 'nats://a,tls://b']);
    const before = snapshot(network.directory);
    expect((await network.add(THIRD)).exitCode).toBe(0);
    const after = snapshot(network.directory);
    const own = after[`${THIRD}.conf`]?.text ?? '';
    const key = /^\[ Identities \]\n#.*\n(\S+) \S+ \[deploy, ping\]\n/m.exec(own)?.[1];
    expect(own).toContain(
      `\nserver: nats://a\nserver: tls://b\ncredentials: ${THIRD}.creds\nsubject: x\ndestination: ${THIRD}\n`,
    );
    expect(own.match(new RegExp(`^(${LEFT}|${RIGHT}) \\S+ \\[ping, deploy\\]$`, 'gm'))).toHaveLength(2);
    expect(own).not.toContain(`${THIRD} `);
    for (const node of [LEFT, RIGHT]) {
      const file = `${node}.conf`;
      expect(after[file]).toEqual({ mode: '600', text: `${before[file]?.text}${THIRD} ${key} [deploy, ping]\n` });
    }
    const { [`${THIRD}.conf`]: config, [`${THIRD}.creds`]: credentials, ...others } = after;
    expect([config?.mode, credentials?.mode]).toEqual(['600', '600']);
    expect(Object.keys(others)).toEqual(Object.keys(before));
  });

  it('says which hosts’ files changed and where they go', async () => {
    using network = await makeNetwork(['--server', 'nats://broker']);
    const { stdout } = await network.add(THIRD);
    expect(stdout).toContain(`    ${LEFT}.conf\n    ${RIGHT}.conf\n`);
    const copy = (file: string, to: string) => `    scp -p ${network.path(file)} root@${to}\n`;
    expect(stdout).toContain(copy(`${THIRD}.conf`, 'third.us.crypto.com:/etc/remaphore/remaphore.conf'));
    expect(stdout).toContain(copy(`${THIRD}.creds`, `third.us.crypto.com:/etc/remaphore/${THIRD}.creds`));
    expect(stdout).toContain(copy(`${LEFT}.conf`, 'left.us.crypto.com:/etc/remaphore/remaphore.conf'));
    expect(stdout).toContain(copy(`${RIGHT}.conf`, 'right.us.crypto.com:/etc/remaphore/remaphore.conf'));
  });

  it('prints a line of JSON for each file, and one for the whole, with --json', async () => {
    using network = await makeNetwork();
    const { stdout } = await network.add(THIRD, '--json');
    const file = (path: string, kind: string, destination: string, change: string) => {
      return { type: 'file', path: network.path(path), kind, destination, change };
    };
    expect(readRecords(stdout)).toEqual([
      file(`${THIRD}.conf`, 'config', THIRD, 'created'),
      file(`${THIRD}.creds`, 'credentials', THIRD, 'created'),
      file(`${LEFT}.conf`, 'config', LEFT, 'changed'),
      file(`${RIGHT}.conf`, 'config', RIGHT, 'changed'),
      { type: 'network', directory: network.directory, change: 'changed', nodes: [THIRD], verbs: ['ping'] },
    ]);
  });

  it('keeps everything else in the others’ files, and their permissions', async () => {
    using network = await makeNetwork();
    const [head = '', identities = '', peers = ''] = network.read(`${LEFT}.conf`).split(/(?=^\[)/m);
    const moved = `${head}${peers.trimEnd()} # the other\n\n# Whoever asks: me.\n${identities}`;
    const edited = `\ufeff${moved}`.replaceAll('\n', '\r\n');
    network.write(`${LEFT}.conf`, edited);
    chmodSync(network.path(`${LEFT}.conf`), 0o640);
    expect((await network.add(THIRD)).exitCode).toBe(0);
    const { text, mode } = snapshot(network.directory)[`${LEFT}.conf`] ?? {};
    const line = new RegExp(`${THIRD} \\S+ \\[ping\\]\r\n`).exec(text ?? '')?.[0] ?? '';
    expect(text).toBe(edited.replace('# the other\r\n', `# the other\r\n${line}`));
    expect(mode).toBe('640');
  });

  it('grants the new host’s peers what the others grant them, and itself what --verbs says', async () => {
    using network = await makeNetwork(['--verbs', 'ping,deploy,status']);
    const left = network.read(`${LEFT}.conf`);
    network.write(`${LEFT}.conf`, left.replace(new RegExp(`^(${RIGHT} .*) \\[.*`, 'm'), '$1 [ping]'));
    expect((await network.add(THIRD, '--verbs', 'restart')).exitCode).toBe(0);
    const own = network.read(`${THIRD}.conf`);
    expect(own).toMatch(new RegExp(`^${LEFT} \\S+ \\[ping, deploy, status\\]$`, 'm'));
    expect(own).toMatch(new RegExp(`^${RIGHT} \\S+ \\[ping\\]$`, 'm'));
    expect(own).toMatch(/^\S+ \S+ \[restart\]$/m);
    expect(network.read(`${LEFT}.conf`)).toMatch(new RegExp(`^${THIRD} \\S+ \\[restart\\]$`, 'm'));
  });

  it('can add one after the other', async () => {
    using network = await makeNetwork();
    await network.add(THIRD);
    expect((await network.add('com.crypto.us.fourth')).exitCode).toBe(0);
    expect(network.read(`${THIRD}.conf`)).toMatch(/^com\.crypto\.us\.fourth \S+ \[ping\]$/m);
  });
});

describe('what init --add refuses, with exit 2, a clear line and nothing changed', () => {
  type Made = Awaited<ReturnType<typeof makeNetwork>>;

  it.each<[string, (network: Made) => void, string[], RegExp]>([
    ['a host that is there', () => {}, [LEFT], /node com\.crypto\.us\.left is in .*\/net already/],
    [
      'a host whose credentials are there',
      ({ write }) => write(`${THIRD}.creds`, ''),
      [THIRD],
      /third is in .*\/net already/,
    ],
    [
      'a host that another one trusts without its files',
      ({ read, write }) =>
        write(`${LEFT}.conf`, `${read(`${LEFT}.conf`)}${THIRD} ${createTestKeys().publicKey} [ping]\n`),
      [THIRD],
      /left\.conf trusts a com\.crypto\.us\.third already, and there is no com\.crypto\.us\.third\.conf\n.*bring that back/,
    ],
    [
      'a name that differs from another in case only',
      () => {},
      [LEFT.toUpperCase()],
      /com\.crypto\.us\.left and COM\.CRYPTO\.US\.LEFT differ in case only/,
    ],
    [
      'a configuration that is a link, which is left as it is',
      ({ path, workplace }) => {
        renameSync(path(`${RIGHT}.conf`), join(workplace.path, 'right'));
        symlinkSync('../right', path(`${RIGHT}.conf`));
      },
      [THIRD],
      /right\.conf is a link, which would be replaced by a file\n/,
    ],
    ['a name with *', () => {}, ['com.*'], /"com\.\*": a node is named without \*/],
    ['a reserved verb', () => {}, [THIRD, '--verbs', 'reply'], /reply is the verb of replies/],
    [
      'a directory without keys',
      ({ path, workplace }) => renameSync(path('keys'), join(workplace.path, 'safe')),
      [THIRD],
      /net\/keys\/account\.seed, which signs the credentials of nodes, is not there\nremaphore: hint: bring keys\/ back/,
    ],
    [
      'a damaged seed',
      ({ read, write }) => write('keys/account.seed', read('keys/account.seed').replace('SA', 'SB')),
      [THIRD],
      /account\.seed: expected the seed of an account, which begins with SA/,
    ],
    [
      'the seed of another kind',
      ({ read, write }) => write('keys/account.seed', read('keys/operator.seed')),
      [THIRD],
      /account\.seed: expected the seed of an account, which begins with SA/,
    ],
    [
      'the seed of another network',
      // Of the two accounts here, the system's is not the one that may sign for nodes.
      ({ read, write }) => write('nats-server.conf', read('nats-server.conf').replaceAll(/\bA[A-Z2-7]{55}\b/g, 'A')),
      [THIRD],
      /account\.seed is the seed of another network: nats-server\.conf does not trust it/,
    ],
    [
      'a damaged configuration',
      ({ read, write }) => write(`${RIGHT}.conf`, read(`${RIGHT}.conf`).replace('[ping]', '[ping')),
      [THIRD],
      /right\.conf:\d+: expected a line like/,
    ],
    [
      'hosts with different verbs',
      ({ read, write }) => write(`${RIGHT}.conf`, read(`${RIGHT}.conf`).replace('[ping]', '[ping, deploy]')),
      [THIRD],
      /not have the same verbs: com\.crypto\.us\.left has \[ping\], com\.crypto\.us\.right has \[deploy, ping\]\n.*--verbs/,
    ],
    [
      'hosts with different subjects',
      ({ read, write }) => write(`${RIGHT}.conf`, read(`${RIGHT}.conf`).replace('subject: remaphore', 'subject: x')),
      [THIRD],
      /not have the same subject: com\.crypto\.us\.left has remaphore, com\.crypto\.us\.right has x\n/,
    ],
    [
      'hosts with different servers',
      ({ read, write }) => write(`${RIGHT}.conf`, read(`${RIGHT}.conf`).replace('127.0.0.1', 'b')),
      [THIRD],
      /not have the same server: .* has nats:\/\/127\.0\.0\.1:4222, .* has nats:\/\/b:4222\n/,
    ],
    [
      'a directory where another one adds',
      ({ path }) => mkdirSync(path('.remaphore-add')),
      [THIRD],
      /another remaphore init --add is at work there\nremaphore: hint: if none is, .* rm -rf \S*\/net\/\.remaphore-add .*\n/,
    ],
  ])('%s', async (_, spoil, words, message) => {
    using network = await makeNetwork();
    spoil(network);
    const before = snapshot(network.directory);
    const { exitCode, stdout, stderr } = await network.add(...words);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toMatch(message);
    expect(stderr).toMatch(/^remaphore: error: [^\n]+\n(remaphore: hint: [^\n]+\n)?$/);
    expect(stderr).not.toMatch(/S[AOU][A-Z2-7]{50}|eyJ/);
    expect(snapshot(network.directory)).toEqual(before);
  });

  it.each<[string, (path: string) => void, RegExp]>([
    ['nothing of that name', () => {}, /net: there is no such directory\nremaphore: hint: without --add/],
    ['a file', (path) => writeFileSync(path, ''), /net: it is no directory\n/],
    [
      'an empty directory',
      (path) => mkdirSync(path),
      /is no directory that remaphore init made: there is no nats-server/,
    ],
  ])('%s', async (_, make, message) => {
    using workplace = createWorkplace();
    make(join(workplace.path, 'net'));
    const before = workplace.list();
    const { exitCode, stderr } = await run('', ['init', 'net', '--add', THIRD], { cwd: workplace.path });
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(message);
    expect(workplace.list()).toEqual(before);
  });
});

describe('init --add after one that was killed', () => {
  /** What is as it was in a directory where a host was added, and one that runs no more has left its own. */
  async function makeHalf(missing: readonly string[], killed = THIRD) {
    const network = await makeNetwork();
    const before = snapshot(network.directory);
    await network.add(THIRD);
    const after = snapshot(network.directory);
    for (const file of missing) {
      const old = before[file]?.text;
      if (old === undefined) rmSync(network.path(file));
      else network.write(file, old);
    }
    mkdirSync(network.path('.remaphore-add'));
    network.write('.remaphore-add/owner', `${spawnSync('true').pid} ${hostname()} ${killed}`);
    network.write(`.remaphore-add/${RIGHT}.conf`, 'half');
    return { ...network, before, after };
  }

  it.each([
    ['had put nothing into its place', [`${LEFT}.conf`, `${RIGHT}.conf`, `${THIRD}.creds`, `${THIRD}.conf`]],
    ['had put the configuration there', [`${LEFT}.conf`, `${RIGHT}.conf`, `${THIRD}.creds`]],
    ['had put the host’s own files there', [`${LEFT}.conf`, `${RIGHT}.conf`]],
    ['had changed one of the others', [`${RIGHT}.conf`]],
    ['had done all of it, but not said so', []],
  ])('and %s does the rest', async (_, missing) => {
    using network = await makeHalf(missing);
    const { exitCode, stdout, stderr } = await network.add(THIRD);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    const isFinished = !missing.includes(`${THIRD}.conf`);
    expect(stdout).toContain(
      isFinished ? `net had a part of ${THIRD}, and has all of it now.` : `net has ${THIRD} now.`,
    );
    expect(stdout).toContain(`    ${LEFT}.conf\n    ${RIGHT}.conf\n`);
    const now = snapshot(network.directory);
    expect(Object.keys(now)).toEqual(Object.keys(network.after));
    const key = /^(\S+) \S+ \[ping\]$/m.exec(now[`${THIRD}.conf`]?.text ?? '')?.[1];
    for (const file of [`${LEFT}.conf`, `${RIGHT}.conf`]) {
      expect(now[file]?.text).toBe(`${network.before[file]?.text}${THIRD} ${key} [ping]\n`);
    }
    expect(now[`${THIRD}.creds`]).toEqual({ mode: '600', text: expect.stringContaining('BEGIN NATS USER JWT') });
    if (isFinished) expect(now[`${THIRD}.conf`]).toEqual(network.after[`${THIRD}.conf`]);
  });

  it('does not change the verbs that the host has', async () => {
    using network = await makeHalf([`${RIGHT}.conf`]);
    const { exitCode, stderr } = await network.add(THIRD, '--verbs', 'deploy');
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(
      /third is in .*\/net in part, with the verbs \[ping\]\nremaphore: hint: add it without --verbs/,
    );
    expect(await network.add(THIRD)).toMatchObject({ exitCode: 0, stderr: '' });
  });

  it('adds no other host before that is finished', async () => {
    using network = await makeHalf([`${RIGHT}.conf`]);
    const before = snapshot(network.directory);
    const { exitCode, stderr } = await network.add('com.crypto.us.fourth');
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/a remaphore init --add com\.crypto\.us\.third was killed there\n.*hint: finish that first/);
    expect(snapshot(network.directory)).toEqual(before);
  });

  it('waits for no process that may run still', async () => {
    using network = await makeHalf([`${RIGHT}.conf`]);
    for (const owner of [`${process.pid} ${hostname()} ${THIRD}`, `1 elsewhere ${THIRD}`, '']) {
      network.write('.remaphore-add/owner', owner);
      const { exitCode, stderr } = await network.add(THIRD);
      expect(exitCode).toBe(2);
      expect(stderr).toContain('another remaphore init --add is at work there');
    }
  });

  it('completes a host without such a trace of it as well', async () => {
    using network = await makeHalf([`${RIGHT}.conf`]);
    rmSync(network.path('.remaphore-add'), { recursive: true });
    expect(await network.add(THIRD)).toMatchObject({ exitCode: 0, stderr: '' });
    expect(snapshot(network.directory)).toEqual(network.after);
    expect((await network.add(THIRD)).stderr).toMatch(/third is in .*\/net already\n/);
  });
});

describe('two that add at the same time', () => {
  it('do not lose what the other adds: each adds, or says that another one is at work', async () => {
    using network = await makeNetwork();
    const names = ['n1', 'n2', 'n3'].map((name) => `com.crypto.us.${name}`);
    const ended = await Promise.all(names.map((name) => network.add(name)));
    const added = names.filter((_, i) => ended[i]?.exitCode === 0);
    expect(added.length).toBeGreaterThan(0);
    for (const { exitCode, stderr } of ended) {
      if (exitCode !== 0) expect(stderr).toContain('another remaphore init --add is at work there');
    }
    for (const name of added) expect(network.read(`${LEFT}.conf`)).toContain(`\n${name} `);
    expect(snapshot(network.directory)).not.toHaveProperty('.remaphore-add');
  });
});

describe('an interrupt of init --add', () => {
  it('leaves everything as it was', async () => {
    using network = await makeNetwork();
    // The seed is read twice: once to see what directory it is, once when nobody else adds. There it has to wait.
    const seed = network.path('keys/account.seed');
    const text = network.read('keys/account.seed');
    const before = snapshot(network.directory);
    rmSync(seed);
    execFileSync('mkfifo', ['-m', '600', seed]);
    const program = start('', ['init', network.directory, '--add', THIRD]);
    writeFileSync(seed, text);
    await until('it adds', () => existsSync(network.path('.remaphore-add')));
    program.kill('SIGINT');
    writeFileSync(seed, text);
    expect(await program.finished).toEqual({ exitCode: 130, stdout: '', stderr: '' });
    rmSync(seed);
    writeFileSync(seed, text, { mode: 0o600 });
    expect(snapshot(network.directory)).toEqual(before);
  });
});
