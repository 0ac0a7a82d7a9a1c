import { once } from 'node:events';
import { copyFileSync, mkdirSync, readFileSync, statSync, symlinkSync, watch, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { errors, type NatsConnection } from 'nats';
import { describe, expect, it } from 'vitest';
import { createWorkplace, initiate, LEFT, modes, RIGHT, snapshot } from '../helpers/initiated.ts';
import { readRecords } from '../helpers/output-schema.ts';
import { until } from '../helpers/processes.ts';
import { run, runShell, start, startReady } from '../helpers/program.ts';
import { findFreePort } from '../helpers/server.ts';
import { connectRaw } from '../helpers/wire.ts';

const BOTH = `${LEFT},${RIGHT}`;

describe('init', () => {
  it('makes a directory that only its owner can enter, with files that only the owner can read', async () => {
    using workplace = createWorkplace();
    const directory = join(workplace.path, 'net');
    const { exitCode, stderr } = await runShell('', `umask 000; "$REMAPHORE" init ${directory} --nodes ${BOTH}`);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(statSync(directory).mode & 0o7777).toBe(0o700);
    expect(modes(directory)).toEqual({
      'nats-server.conf': '600',
      [`${LEFT}.conf`]: '600',
      [`${LEFT}.creds`]: '600',
      [`${RIGHT}.conf`]: '600',
      [`${RIGHT}.creds`]: '600',
      keys: '700',
      'keys/operator.seed': '600',
      'keys/system.seed': '600',
      'keys/account.seed': '600',
    });
    expect(workplace.list()).toEqual(['net']);
  });

  it('keeps the seeds that sign from what goes to the hosts and the server', async () => {
    using workplace = createWorkplace();
    await run('', ['init', 'net', '--nodes', BOTH], { cwd: workplace.path });
    const files = snapshot(join(workplace.path, 'net'));
    for (const [path, { text }] of Object.entries(files)) {
      if (path.startsWith('keys/')) expect(text).toMatch(/^S[AO][A-Z2-7]{56}\n$/);
      else expect(text).not.toMatch(/\bS[AO][A-Z2-7]{56}\b/);
    }
    expect(files[`${LEFT}.conf`]?.text).not.toContain(`${LEFT} `);
    expect(files['nats-server.conf']?.text).not.toMatch(/\bSU[A-Z2-7]{56}\b/);
  });

  it('makes a network whose hosts signal and ask each other with the files where they are', async () => {
    await using network = await initiate([LEFT, RIGHT]);
    const receiver = await startReady(network.config(RIGHT), ['-o', '-t', '20s', 'echo', 'at your service']);
    const request = await run(network.config(LEFT), ['-r', '-t', '20s']);
    expect(request).toEqual({ exitCode: 0, stdout: `${RIGHT},0,at your service ping\n`, stderr: '' });
    expect(await receiver.finished).toMatchObject({ exitCode: 0, stderr: 'remaphore: ready\n' });
    const other = await startReady(network.config(LEFT), ['-u', 'back', '-t', '20s']);
    expect(await run(network.config(RIGHT), ['-s', '-u', 'back', 'x'])).toMatchObject({ exitCode: 0 });
    expect(await other.finished).toMatchObject({ exitCode: 0, stdout: 'x\n' });
  });

  it('makes files that work as a host has them, whatever directory the program is started in', async () => {
    await using network = await initiate([LEFT, RIGHT]);
    const host = join(network.path, 'host/etc/remaphore');
    mkdirSync(host, { recursive: true });
    copyFileSync(network.config(LEFT), join(host, 'remaphore.conf'));
    copyFileSync(join(network.path, `${LEFT}.creds`), join(host, `${LEFT}.creds`));
    const sent = await run(join(host, 'remaphore.conf'), ['-s'], { cwd: '/' });
    expect(sent).toEqual({ exitCode: 0, stdout: '', stderr: '' });
    expect(await run('remaphore.conf', ['-s'], { cwd: host })).toEqual({ exitCode: 0, stdout: '', stderr: '' });
  });

  it('takes the verbs, the subject and the servers as they are given', async () => {
    using workplace = createWorkplace();
    const words = [
      '--verbs',
      'Deploy,ping',
      '--subject',
      'x.y',
      '--server',
      'tls://a:1,nats://b:2',
      '--server',
      'nats://c/',
    ];
    const { exitCode } = await run('', ['init', 'net', '--nodes', BOTH, ...words], { cwd: workplace.path });
    expect(exitCode).toBe(0);
    const text = readFileSync(join(workplace.path, 'net', `${LEFT}.conf`), 'utf8');
    expect(text).toContain('\nserver: tls://a:1\nserver: nats://b:2\nserver: nats://c/\n');
    expect(text).toContain('\nsubject: x.y\n');
    expect(text.match(/\[deploy, ping\]\n/g)).toHaveLength(2);
  });

  it('prints a line of JSON for each file, and one for the whole, with --json', async () => {
    using workplace = createWorkplace();
    const { stdout } = await run('', ['init', 'net', '--nodes', LEFT, '--json'], { cwd: workplace.path });
    const directory = join(workplace.path, 'net');
    const file = (path: string, kind: string, destination: string | null = null) => {
      return { type: 'file', path: join(directory, path), kind, destination, change: 'created' };
    };
    expect(readRecords(stdout)).toEqual([
      file('nats-server.conf', 'server'),
      file(`${LEFT}.conf`, 'config', LEFT),
      file(`${LEFT}.creds`, 'credentials', LEFT),
      file('keys/operator.seed', 'key'),
      file('keys/system.seed', 'key'),
      file('keys/account.seed', 'key'),
      { type: 'network', directory, change: 'created', nodes: [LEFT], verbs: ['ping'] },
    ]);
  });

  it('never prints a secret', async () => {
    using workplace = createWorkplace();
    const { stdout, stderr } = await run('', ['init', 'net', '--nodes', BOTH], { cwd: workplace.path });
    expect(stdout + stderr).not.toMatch(/S[AOU][A-Z2-7]{50}|eyJ|[1-9A-HJ-NP-Za-km-z]{60}/);
  });
});

describe('what init says to do next', () => {
  it('works when it is pasted, whatever the directory is called', async () => {
    using workplace = createWorkplace();
    const port = await findFreePort();
    const name = 'it\'s a "net" $HOME \\n';
    const words = ['init', name, '--nodes', BOTH, '--server', `nats://127.0.0.1:${port}`, '--verbs', 'deploy'];
    const { stdout } = await run('', words, { cwd: workplace.path });
    const lines = stdout.split('\n').filter((line) => line.startsWith('    ') && !line.includes('  what '));
    const [server = '', receive = '', send = ''] = lines.filter((line) => /^ +(nats-server -c|remaphore) /.test(line));
    const script = `
      remaphore() { "$REMAPHORE" "$@"; }
      nats-server() { exec "$NATS" "$@" 2>server.log; }
      (${server.trim()}) & server=$!
      until grep -q "Server is ready" server.log 2>/dev/null; do sleep 0.02; done
      (${receive.trim()}) 2>receive.log & receiver=$!
      until grep -q ready receive.log 2>/dev/null; do sleep 0.02; done
      ${send.trim()}
      wait $receiver; status=$?
      kill $server; wait $server
      exit $status`;
    const env = { NATS: process.env['NATS_SERVER'] ?? 'nats-server' };
    const { exitCode, stdout: said, stderr } = await runShell('', script, { cwd: workplace.path, env });
    expect({ exitCode, said, stderr }).toEqual({ exitCode: 0, said: 'the signal came\n', stderr: '' });
  });

  it('says where to get a server', async () => {
    using workplace = createWorkplace();
    const { stdout } = await run('', ['init', 'net', '--nodes', BOTH], { cwd: workplace.path });
    expect(stdout).toContain('If there is no nats-server there yet: https://docs.nats.io/');
  });

  it('copies to each host its two files when the server is for other machines', async () => {
    using workplace = createWorkplace();
    const words = ['init', 'a net', '--nodes', BOTH, '--server', 'nats://broker.crypto.com:4333'];
    const { stdout } = await run('', words, { cwd: workplace.path });
    const from = (file: string) => `'${join(workplace.path, 'a net', file)}'`;
    for (const [node, host] of [
      [LEFT, 'left.us.crypto.com'],
      [RIGHT, 'right.us.crypto.com'],
    ]) {
      expect(stdout).toContain(`    ssh root@${host} mkdir -p /etc/remaphore\n`);
      expect(stdout).toContain(`    scp -p ${from(`${node}.conf`)} root@${host}:/etc/remaphore/remaphore.conf\n`);
      expect(stdout).toContain(`    scp -p ${from(`${node}.creds`)} root@${host}:/etc/remaphore/${node}.creds\n`);
    }
    expect(stdout).toContain(`    nats-server -c ${from('nats-server.conf')}\n`);
    expect(stdout).toContain('port 4333 of all its addresses');
    expect(stdout).toMatch(/ {4}remaphore -u hello -t 1m.*\n {4}remaphore -s -u hello\n$/);
  });
});

describe('init whose output cannot be written', () => {
  it('says that the network was made, and where', async () => {
    using workplace = createWorkplace();
    const script = `"$REMAPHORE" init net --nodes ${BOTH} >/dev/full`;
    const { exitCode, stderr } = await runShell('', script, { cwd: workplace.path });
    expect(exitCode).toBe(74);
    expect(stderr).toContain(
      `remaphore: warning: the network was made in ${join(workplace.path, 'net')} all the same\n`,
    );
    const more = await runShell('', `"$REMAPHORE" init net --add ${LEFT}.new --json >/dev/full`, {
      cwd: workplace.path,
    });
    expect(more.exitCode).toBe(74);
    expect(more.stderr).toContain(`${LEFT}.new was added to ${join(workplace.path, 'net')} all the same`);
  });

  it('since its reader has gone, says the same, and ends as by SIGPIPE', async () => {
    using workplace = createWorkplace();
    const script = `set -o pipefail; "$REMAPHORE" init net --nodes ${BOTH} | true`;
    const { exitCode, stderr } = await runShell('', script, { cwd: workplace.path });
    expect({ exitCode, stderr }).toEqual({
      exitCode: 141,
      stderr: `remaphore: warning: the network was made in ${join(workplace.path, 'net')} all the same\n`,
    });
  });
});

describe('the credentials that init makes', () => {
  it('let a client use what lies below the subject, and inboxes', async () => {
    await using network = await initiate([LEFT], ['--subject', 'signals']);
    const client = await connectAs(network.url, join(network.path, `${LEFT}.creds`));
    client.subscribe('signals.deep.below');
    const answered = client.request('signals.all', '', { timeout: 5000 }).catch((error: unknown) => error);
    // Nobody was subscribed, and to say so the server has to send to the inbox.
    expect(await answered).toBeInstanceOf(errors.RequestError);
    await client.flush();
    expect(violations(client)).toEqual([]);
    await client.close();
  });

  it('let a client ask whether there is JetStream, which there is', async () => {
    await using network = await initiate([LEFT]);
    const client = await connectAs(network.url, join(network.path, `${LEFT}.creds`));
    const reply = await client.request('$JS.API.INFO', '', { timeout: 5000 });
    expect(reply.json()).toMatchObject({ type: 'io.nats.jetstream.api.v1.account_info_response', streams: 0 });
    await client.close();
  });

  it.each([
    'other.all',
    'remaphore',
    '$JS.API.STREAM.CREATE.x',
    '$JS.API.STREAM.LIST',
    '$SYS.REQ.USER.INFO',
    '_INBOX.x',
  ])('do not let a client publish on %s', async (subject) => {
    await using network = await initiate([LEFT]);
    const client = await connectAs(network.url, join(network.path, `${LEFT}.creds`));
    client.publish(subject);
    await client.flush();
    await until('the server complains', () => violations(client).length > 0);
    expect(violations(client)).toEqual([`publish ${subject}`]);
    await client.close();
  });

  it.each(['>', 'other.all', '$JS.EVENT.>', '$SYS.>'])('do not let a client subscribe to %s', async (subject) => {
    await using network = await initiate([LEFT]);
    const client = await connectAs(network.url, join(network.path, `${LEFT}.creds`));
    client.subscribe(subject);
    await client.flush();
    await until('the server complains', () => violations(client).length > 0);
    expect(violations(client)).toEqual([`subscription ${subject}`]);
    await client.close();
  });
});

const complaints = new WeakMap<NatsConnection, string[]>();

async function connectAs(url: string, credentials: string): Promise<NatsConnection> {
  const client = await connectRaw(url, credentials);
  const list: string[] = [];
  complaints.set(client, list);
  void (async () => {
    for await (const status of client.status()) {
      if (status.type === 'error' && status.error instanceof errors.PermissionViolationError) {
        list.push(`${status.error.operation} ${status.error.subject}`);
      }
    }
  })();
  return client;
}

function violations(client: NatsConnection): string[] {
  return complaints.get(client) ?? [];
}

describe('what init refuses, with exit 2, a clear line and nothing left behind', () => {
  it.each<[string, string[], RegExp]>([
    ['no directory', ['--nodes', LEFT], /init: no directory/],
    ['an empty directory name', ['', '--nodes', LEFT], /the directory’s name is empty/],
    ['two directories', ['net', 'other', '--nodes', LEFT], /unexpected word "other"/],
    ['no nodes', ['net'], /init: no --nodes/],
    ['an empty list of nodes', ['net', '--nodes', ''], /--nodes is empty/],
    ['an empty name in the list', ['net', '--nodes', `${LEFT},`], /--nodes .*a part is empty/],
    [
      'a name with *',
      ['net', '--nodes', 'com.crypto.*'],
      /"com\.crypto\.\*": a node is named without \*; only patterns/,
    ],
    ['a name with a slash', ['net', '--nodes', '../x'], /"\.\.\/x": expected letters, digits, _ and -/],
    ['a name of dots', ['net', '--nodes', '..'], /"\.\.": expected letters/],
    ['a name with a space', ['net', '--nodes', 'a b'], /"a b": expected letters/],
    ['a name twice', ['net', '--nodes', `${LEFT},${RIGHT},${LEFT}`], /com\.crypto\.us\.left is given twice/],
    ['names that differ in case only', ['net', '--nodes', 'A.b,a.B'], /nodes A\.b and a\.B differ in case only/],
    [
      'the name of the server’s file in capitals',
      ['net', '--nodes', 'NATS-server'],
      /would have the name of the server’s/,
    ],
    ['the name of the server’s file', ['net', '--nodes', 'nats-server'], /"nats-server": its configuration would have/],
    ['the name of a further server’s', ['net', '--nodes', 'nats-server-2'], /would have the name of the server’s/],
    [
      'a name that is too long for a file',
      ['net', '--nodes', 'a'.repeat(250)],
      /node of 250 characters: .* 249 at most/,
    ],
    [
      'a server that is no URL',
      ['net', '--nodes', LEFT, '--server', 'http://x'],
      /server "http:\/\/x": expected an address/,
    ],
    [
      'a server that is a word',
      ['net', '--nodes', LEFT, '--server', 'foo'],
      /server "foo": expected an address like nats:\/\/host:4222 or tls:\/\/host:4222/,
    ],
    [
      'a server without a scheme',
      ['net', '--nodes', LEFT, '--server', 'foo:4222'],
      /server "foo:4222": expected an address like nats:/,
    ],
    [
      'a server with a user',
      ['net', '--nodes', LEFT, '--server', 'nats://u:secret@x'],
      /server: a user in the address/,
    ],
    [
      'a server at no address',
      ['net', '--nodes', LEFT, '--server', 'nats://0.0.0.0'],
      /0\.0\.0\.0: is no address to reach/,
    ],
    [
      'the same server twice',
      ['net', '--nodes', LEFT, '--server', 'nats://a,nats://a'],
      /two servers would use port 4222 of a/,
    ],
    [
      'two on a port of this machine',
      ['net', '--nodes', LEFT, '--server', 'nats://localhost,nats://127.0.0.1'],
      /port 4222 of this/,
    ],
    [
      'one on the port between another’s',
      ['net', '--nodes', LEFT, '--server', 'nats://a:4222,nats://a:6222'],
      /port 6222 of a/,
    ],
    [
      'one here and one elsewhere',
      ['net', '--nodes', LEFT, '--server', 'nats://a,nats://127.0.0.1'],
      /cannot reach each other/,
    ],
    [
      'a port without room above',
      ['net', '--nodes', LEFT, '--server', 'nats://a:65000,nats://b'],
      /port 65000 is too high/,
    ],
    ['a verb with a bracket', ['net', '--nodes', LEFT, '--verbs', 'a]'], /verbs: expected names/],
    ['a verb with a comment', ['net', '--nodes', LEFT, '--verbs', 'a#b'], /verbs: expected names/],
    [
      '* among verbs',
      ['net', '--nodes', LEFT, '--verbs', '*,x'],
      /verbs: \* is every verb: expected \* alone, or names/,
    ],
    [
      'the reserved verb',
      ['net', '--nodes', LEFT, '--verbs', 'ping,Reply'],
      /reply is the verb of replies, and reserved/,
    ],
    [
      'a subject with a wildcard',
      ['net', '--nodes', LEFT, '--subject', 'a.*'],
      /subject "a\.\*": it cannot hold \* or >/,
    ],
    ['a subject of the server’s', ['net', '--nodes', LEFT, '--subject', '$JS.API'], /belong to the server/],
    ['a subject with a comment', ['net', '--nodes', LEFT, '--subject', 'a#b'], /ASCII characters without #/],
    ['a subject beyond ASCII', ['net', '--nodes', LEFT, '--subject', 'größe'], /ASCII characters without #/],
    ['a parent that is not there', ['none/net', '--nodes', LEFT], /there is no directory .*\/none to make it in/],
    ['a directory name that is too long', ['x'.repeat(300), '--nodes', LEFT], /the name is too long/],
    ['--add with --nodes', ['net', '--add', LEFT, '--nodes', RIGHT], /exclude each other/],
  ])('%s', async (_, words, message) => {
    using workplace = createWorkplace();
    const { exitCode, stdout, stderr } = await run('', ['init', ...words], { cwd: workplace.path });
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toMatch(message);
    expect(stderr).toMatch(/^remaphore: error: [^\n]+\n(remaphore: hint: [^\n]+\n)?$/);
    expect(stderr).not.toContain('secret');
    expect(workplace.list()).toEqual([]);
  });

  it.each<[string, (path: string) => void]>([
    ['an empty directory', (path) => mkdirSync(path)],
    ['a file', (path) => writeFileSync(path, 'x')],
    ['a link that leads nowhere', (path) => symlinkSync('nowhere', path)],
  ])('%s of that name, which is not touched', async (_, make) => {
    using workplace = createWorkplace();
    make(join(workplace.path, 'net'));
    const { exitCode, stderr } = await run('', ['init', 'net/', '--nodes', LEFT], { cwd: workplace.path });
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/^remaphore: error: .*\/net exists already, and was not touched\nremaphore: hint: .*--add/);
    expect(workplace.list()).toEqual(['net']);
  });

  it('a disk that takes only the beginning', async () => {
    using workplace = createWorkplace();
    // A file may have 1 KiB: the server's configuration has more.
    const script = `trap '' XFSZ; ulimit -f 1; exec "$REMAPHORE" init net --nodes ${BOTH}`;
    const { exitCode, stdout, stderr } = await runShell('', script, { cwd: workplace.path });
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toMatch(/^remaphore: error: .*\/net: cannot be written \(EFBIG\)\n$/);
    expect(workplace.list()).toEqual([]);
  });
});

describe('an interrupt', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('by %s while init writes leaves nothing behind', async (signal, expected) => {
    using workplace = createWorkplace();
    const nodes = Array.from({ length: 80 }, (_, i) => `com.example.n${i}`).join();
    const begins = once(watch(workplace.path), 'change');
    const program = start('', ['init', 'net', '--nodes', nodes], { cwd: workplace.path });
    await begins;
    program.kill(signal);
    expect(await program.finished).toEqual({ exitCode: expected, stdout: '', stderr: '' });
    expect(workplace.list()).toEqual([]);
  });
});
