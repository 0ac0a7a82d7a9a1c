// What check says of servers, which it tries with the host's own credentials.

import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Permissions } from '@nats-io/jwt';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { check, shortly } from '../helpers/checking.ts';
import { createNetwork, type TestNetwork } from '../helpers/network.ts';
import { createTestOperator, type TestOperator, type TestUser, type UserSettings } from '../helpers/operator.ts';
import { until } from '../helpers/processes.ts';
import { run, startReady } from '../helpers/program.ts';
import { startProxy, startSilentServer } from '../helpers/proxy.ts';
import { findFreePort, startServer } from '../helpers/server.ts';
import { openSite, withWiretap } from '../helpers/site.ts';
import { connectRaw } from '../helpers/wire.ts';

const LEFT = 'com.crypto.us.left';
const RIGHT = 'com.crypto.us.right';

const site = withWiretap(openSite([LEFT, RIGHT]));
const [left, right] = site.nodes;

let directory: string;
let operator: TestOperator;
let guarded: Awaited<ReturnType<typeof startServer>>;
/** whether the servers here tell what they would do with a message: from 2.11 on */
let canTrace: boolean;
let version: string;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'check-'));
  operator = await createTestOperator(directory);
  guarded = await startServer(await operator.settings());
  const client = await connectRaw(site.server.url);
  version = client.info?.version as string;
  await client.close();
  const [major, minor] = version.split('.').map(Number) as [number, number];
  canTrace = major > 2 || minor >= 11;
});

afterAll(async () => {
  rmSync(directory, { recursive: true, force: true });
  await guarded[Symbol.asyncDispose]();
});

/** One host by some servers. */
function hostBy(servers: string | string[], lines = ''): TestNetwork & { config: string } {
  const network = createNetwork(servers, [{ destination: LEFT, lines }, RIGHT]);
  return Object.assign(network, { config: network.nodes[0]?.config as string });
}

/** One host with credentials of its own. */
async function hostWith(settings: UserSettings): Promise<{ user: TestUser } & ReturnType<typeof hostBy>> {
  const user = await operator.createUser('host', settings);
  return Object.assign(hostBy(guarded.url, `credentials: ${user.credentials}`), { user });
}

const inDays = (days: number) => Math.floor(Date.now() / 1000) + days * 86_400;

describe('a server where everything is as it should be', () => {
  it('has a row for each thing that was tried, and the exit code is 0', async () => {
    const { exitCode, stderr, rows, summary } = await check(left.config);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    const known = expect.stringMatching(/^ok clock: a signed message came back in [\d.]+ ms; allow_skew is 3 s$/);
    const agreed = canTrace
      ? expect.stringMatching(/^ok clock: this host’s clock and the server’s agree \(± [\d.]+ ms\)$/)
      : `ok clock: the server does not tell its own: version ${version}, 2.11 would`;
    expect(shortly(rows)).toEqual([
      expect.stringMatching(/^ok configuration: com\.crypto\.us\.left is .{4}…, with 2 peers$/),
      'ok credentials: none: the servers must want none',
      expect.stringMatching(`^ok server: ${site.server.url}: answered in [\\d.]+ ms, version ${version}$`),
      'ok tls: none, and none needed on this machine',
      'ok credentials: none wanted',
      'ok subscribe: permitted: remaphore.all',
      'ok subscribe: permitted: remaphore.<64 hex digits>',
      'ok publish: permitted: remaphore.<64 hex digits>',
      'ok publish: permitted: remaphore.all',
      'ok jetstream: not there for this account; nothing here needs it',
      'ok payload: messages up to 1 MiB',
      known,
      agreed,
    ]);
    expect(summary).toMatchObject({ warnings: 0, errors: 0, exit_code: 0 });
    for (const { server } of rows.slice(2)) expect(server).toBe(site.server.url);
  });

  it('is tried with the subject of -S', async () => {
    const { exitCode, rows } = await check(left.config, ['-S', 'builds']);
    expect(exitCode).toBe(0);
    expect(shortly(rows, 'publish', 'subscribe')).toContain('ok publish: permitted: remaphore.builds');
    expect(shortly(rows, 'publish', 'subscribe')).toContain('ok subscribe: permitted: remaphore.builds');
    expect((await run(left.config, ['check', '-S', 'a b'])).exitCode).toBe(2);
  });

  it('is left alone with --offline', async () => {
    await using proxy = await startProxy(site.server.port);
    using host = hostBy(proxy.url);
    expect((await check(host.config, ['--offline'])).exitCode).toBe(0);
    expect(proxy.accepted).toBe(0);
    expect((await check(host.config)).exitCode).toBe(0);
    expect(proxy.accepted).toBeGreaterThan(0);
  });
});

describe('other hosts', () => {
  it('get nothing of a check, and run nothing', async () => {
    const ran = join(directory, 'ran');
    const listener = await startReady(right.config, [
      '-d',
      '-t',
      '20s',
      '--explain',
      'sh',
      '-c',
      `echo "$1" >>${ran}`,
      'x',
    ]);
    await site.wiretap.take();
    expect((await check(left.config)).exitCode).toBe(0);
    const heard = (await site.wiretap.take()).filter(({ subject }) => subject === 'remaphore.all');
    expect(existsSync(ran)).toBe(false);
    // An older server would deliver what it is to say it permits: it is by a key that nobody knows.
    expect(heard).toHaveLength(canTrace ? 0 : 1);
    for (const { fields } of heard) expect([left, right].map(({ keys }) => keys.publicKey)).not.toContain(fields[0]);
    await run(left.config, ['-s', '-v', 'ping']);
    await until('it has run for an honest message', () => existsSync(ran));
    listener.kill('SIGTERM');
    const { stderr } = await listener.finished;
    expect(stderr.match(/ignored: .*/g) ?? []).toEqual(canTrace ? [] : [expect.stringMatching(/unknown key/)]);
  });

  it('could not be made to act by what was said, if somebody said it again', async () => {
    await site.wiretap.take();
    await check(left.config);
    const said = await site.wiretap.take();
    const own = said.filter(({ fields }) => fields[0] === left.keys.publicKey);
    expect(own.length).toBeGreaterThan(0);
    for (const { subject, fields } of own) {
      // A reply, which no receiver acts on, to a request that nobody made.
      const [, , destination, , uuid, verb, flag] = fields;
      expect({ destination, verb, flag }).toEqual({ destination: '', verb: 'reply', flag: '_' });
      expect(subject).toBe(`remaphore.${uuid}`);
    }
  });
});

describe('permissions', () => {
  const restricted = async (permissions: Partial<Permissions>) => {
    using host = await hostWith({ permissions });
    const checked = await check(host.config);
    return { ...checked, tried: shortly(checked.rows, 'publish', 'subscribe') };
  };
  const DENIED = 'the server does not permit to';
  const REPLIES = 'remaphore.<64 hex digits>';

  it('that are all missing are all told of, with 3', async () => {
    const { exitCode, tried, rows } = await restricted({
      pub: { deny: ['remaphore.>'] },
      sub: { deny: ['remaphore.>'] },
    });
    expect(exitCode).toBe(3);
    expect(tried).toEqual([
      `error subscribe: ${DENIED} subscribe to remaphore.all`,
      `error subscribe: ${DENIED} subscribe to ${REPLIES}`,
      `error publish: ${DENIED} publish on ${REPLIES}`,
      `error publish: ${DENIED} publish on remaphore.all`,
    ]);
    for (const { severity, advice } of rows) if (severity === 'error') expect(advice).toContain('permitted');
  });

  it.each<[string, Partial<Permissions>, string]>([
    ['to publish messages', { pub: { deny: ['remaphore.all'] } }, `publish: ${DENIED} publish on remaphore.all`],
    ['to publish replies', { pub: { allow: ['remaphore.all'] } }, `publish: ${DENIED} publish on ${REPLIES}`],
    ['to hear messages', { sub: { deny: ['remaphore.all'] } }, `subscribe: ${DENIED} subscribe to remaphore.all`],
    [
      'to hear replies',
      { sub: { allow: ['remaphore.all', '_INBOX.>'] } },
      `subscribe: ${DENIED} subscribe to ${REPLIES}`,
    ],
  ])('of which one is missing, %s: that one alone is told of', async (_, permissions, expected) => {
    const { exitCode, tried, summary } = await restricted(permissions);
    expect(exitCode).toBe(3);
    expect(tried.filter((row) => row.startsWith('error'))).toEqual([`error ${expected}`]);
    expect(tried.filter((row) => row.startsWith('ok'))).toHaveLength(3);
    expect(summary).toMatchObject({ errors: 1 });
  });

  it('to have no subscriptions at all are told of', async () => {
    using host = await hostWith({ subs: 0 });
    const { exitCode, rows } = await check(host.config);
    expect(exitCode).toBe(3);
    expect(shortly(rows, 'subscribe')[0]).toMatch(/^error subscribe: .*subscriptions exceeded/i);
    expect(shortly(rows, 'publish')).toEqual([
      `ok publish: permitted: ${REPLIES}`,
      'ok publish: permitted: remaphore.all',
    ]);
  });
});

describe('JetStream', () => {
  it('is said to be there where it is', async () => {
    await using server = await startServer(`jetstream { store_dir: "${join(directory, 'js')}" }`);
    using host = hostBy(server.url);
    expect(shortly((await check(host.config)).rows, 'jetstream')).toEqual(['ok jetstream: there for this account']);
  });

  it('is said not to be there for an account without it', async () => {
    const accounts = 'accounts { A { users = [ { user: a, password: x } ] } }\nno_auth_user: a';
    await using server = await startServer(`jetstream { store_dir: "${join(directory, 'js2')}" }\n${accounts}`);
    using host = hostBy(server.url);
    expect(shortly((await check(host.config)).rows, 'jetstream')).toEqual([
      'ok jetstream: not there for this account; nothing here needs it',
    ]);
  });

  it.each<[string, Partial<Permissions>]>([
    ['to ask', { pub: { allow: ['remaphore.>'] } }],
    ['to hear the answer', { sub: { allow: ['remaphore.>'] } }],
  ])('is not known to whom is not permitted %s, which is no fault', async (_, permissions) => {
    using host = await hostWith({ permissions });
    const { exitCode, rows } = await check(host.config);
    expect(exitCode).toBe(0);
    expect(shortly(rows, 'jetstream')).toEqual(['ok jetstream: not known: this user may not ask, or was not answered']);
    // Neither hides what comes after it.
    expect(shortly(rows, 'clock')).toHaveLength(2);
  });
});

describe('credentials', () => {
  it.each([
    ['that never expire', undefined, 'ok', 'never expire'],
    ['that expire in a month', 30, 'ok', 'expire in (29 d 23 h|30 d), on \\d{4}-\\d\\d-\\d\\d'],
    ['that expire within a week', 3, 'warning', 'expire in (2 d 23 h|3 d), on \\d{4}-\\d\\d-\\d\\d'],
  ])('%s are said to, and to be accepted', async (_, days, severity, detail) => {
    using host = await hostWith(days === undefined ? {} : { expires: inDays(days) });
    const { exitCode, rows } = await check(host.config);
    expect(exitCode).toBe(0);
    expect(shortly(rows, 'credentials')).toEqual([
      expect.stringMatching(`^${severity} credentials: ${detail}$`),
      'ok credentials: accepted',
    ]);
  });

  it('that have expired are told of before the server refuses them, with 3', async () => {
    using host = await hostWith({ expires: inDays(-1) });
    const { exitCode, rows } = await check(host.config);
    expect(exitCode).toBe(3);
    expect(shortly(rows, 'credentials', 'server')).toEqual([
      expect.stringMatching(/^error credentials: expired (1 d|24 h) ago$/),
      expect.stringMatching(`^error server: ${guarded.url}: refused the credentials: `),
    ]);
  });

  it('of a stranger are refused, with 3 and what to do', async () => {
    const { credentials } = await (await createTestOperator(directory)).createUser('stranger');
    using host = hostBy(guarded.url, `credentials: ${credentials}`);
    const { exitCode, rows } = await check(host.config);
    expect(exitCode).toBe(3);
    expect(rows.at(-1)).toMatchObject({
      severity: 'error',
      check: 'server',
      advice: expect.stringContaining('expired'),
    });
    expect(shortly(rows, 'server')).toEqual([expect.stringContaining('refused the credentials')]);
  });

  it('that are none are refused where some are wanted', async () => {
    using host = hostBy(guarded.url);
    const { exitCode, rows } = await check(host.config);
    expect(exitCode).toBe(3);
    expect(shortly(rows, 'server')).toEqual([expect.stringContaining('refused the credentials')]);
  });

  it('are never shown, nor any other secret', async () => {
    using host = await hostWith({ permissions: { pub: { deny: ['remaphore.>'] } }, expires: inDays(3) });
    const [, jwt, seed] = /JWT-+\s+(\S+)[\s\S]*SEED-+\s+(\S+)/.exec(
      readFileSync(host.user.credentials, 'utf8'),
    ) as string[];
    for (const form of [[], ['--json']]) {
      const { exitCode, stdout, stderr } = await run(host.config, ['check', ...form]);
      expect(exitCode).toBe(3);
      for (const secret of [jwt, seed, host.nodes[0]?.keys.privateKey, host.nodes[0]?.keys.publicKey]) {
        expect(stdout + stderr).not.toContain((secret as string).slice(0, 12));
      }
    }
  });
});

describe('a server that cannot be examined', () => {
  it('is a row with what to do, and the next one is examined', async () => {
    const dead = `nats://127.0.0.1:${await findFreePort()}`;
    using host = hostBy([dead, site.server.url]);
    const { exitCode, rows } = await check(host.config);
    expect(exitCode).toBe(3);
    const [first, second] = rows.filter(({ check: name }) => name === 'server');
    expect(first).toMatchObject({ severity: 'error', server: dead, advice: expect.stringContaining('firewall') });
    expect(first?.detail).toMatch(/refused/);
    expect(second).toMatchObject({ severity: 'ok', server: site.server.url });
    expect(rows.filter(({ severity }) => severity === 'error')).toEqual([first]);
  });

  it('because it says nothing takes no longer than -t', async () => {
    await using silent = await startSilentServer();
    using host = hostBy([silent.url, site.server.url]);
    const startedMs = performance.now();
    const { exitCode, rows } = await check(host.config, ['-t', '1500ms']);
    expect(performance.now() - startedMs).toBeLessThan(8000);
    expect(exitCode).toBe(3);
    expect(shortly(rows, 'server')).toEqual([
      `error server: ${silent.url}: no answer in time`,
      expect.stringMatching(/^ok server: /),
    ]);
  });

  it('to its end because it stops answering keeps what was found before', async () => {
    await using proxy = await startProxy(site.server.port);
    proxy.fromClient = (chunk) => (chunk.includes('PUB ') ? undefined : chunk);
    using host = hostBy(proxy.url);
    const { exitCode, rows } = await check(host.config, ['-t', '500ms']);
    expect(exitCode).toBe(3);
    expect(shortly(rows, 'subscribe')).toHaveLength(2);
    expect(shortly(rows, 'publish')).toEqual([]);
    expect(shortly(rows, 'server').at(-1)).toBe(`error server: ${proxy.url}: no answer in time`);
  });

  it('to its end because it cuts the connection keeps what was found before', async () => {
    await using proxy = await startProxy(site.server.port);
    proxy.fromClient = (chunk) => {
      if (chunk.includes('PUB ')) proxy.cut();
      return chunk;
    };
    using host = hostBy(proxy.url);
    const { exitCode, rows } = await check(host.config);
    expect(exitCode).toBe(3);
    expect(shortly(rows, 'subscribe')).toHaveLength(2);
    expect(shortly(rows, 'server').at(-1)).toMatch(/^error server: .*the connection has ended/);
  });
});

describe('how much a message may hold', () => {
  it('is warned about when it is little', async () => {
    await using server = await startServer('max_payload: 2048');
    using host = hostBy(server.url);
    const { exitCode, rows } = await check(host.config);
    expect(exitCode).toBe(0);
    expect(shortly(rows, 'payload')).toEqual([expect.stringMatching(/^warning payload: messages up to 2 KiB: /)]);
  });
});

describe('time', () => {
  it('that a message takes is an error when none could arrive within allow_skew', async () => {
    using host = hostBy(site.server.url, 'allow_skew: 1us');
    const { exitCode, rows } = await check(host.config);
    expect(exitCode).toBe(3);
    const [trip] = rows.filter(({ check: name }) => name === 'clock');
    expect(trip).toMatchObject({ severity: 'error', advice: expect.stringContaining('raise allow_skew') });
  });

  /** Has a server tell a time that is off. */
  async function checkWithClockOff(offMs: number, lines: string) {
    await using proxy = await startProxy(site.server.port);
    proxy.fromServer = (chunk) => {
      const text = chunk.toString('latin1');
      const shift = (_: string, time: string, rest: string) =>
        `"ts":"${new Date(Date.parse(`${time}Z`) + offMs).toISOString().slice(0, 19)}.${rest}`;
      return Buffer.from(text.replaceAll(/"ts":"([\dT:-]{19})\.(\d+Z)/g, shift), 'latin1');
    };
    using host = hostBy(proxy.url, lines);
    const { exitCode, rows } = await check(host.config);
    return { exitCode, clock: rows.filter(({ check: name }) => name === 'clock').at(-1) };
  }

  it.each([
    [20_000, 'allow_skew: 60s', 0, 'ok', 'behind'],
    [20_000, 'allow_skew: 30s', 0, 'warning', 'behind'],
    [20_000, 'allow_skew: 10s', 3, 'error', 'behind'],
    [-20_000, 'allow_skew: 10s', 3, 'error', 'ahead of'],
  ])(
    'by the server’s clock, when that is %i ms off with %s: exit %i, %s',
    async (offMs, lines, code, severity, way) => {
      const { exitCode, clock } = await checkWithClockOff(offMs, lines);
      // An older server tells no time.
      expect(exitCode).toBe(canTrace ? code : 0);
      expect(clock?.severity).toBe(canTrace ? severity : 'ok');
      expect(clock?.detail).toMatch(
        canTrace ? new RegExp(`^this host’s clock is (20|19\\.\\d) s ${way} the server’s`) : /2\.11/,
      );
    },
  );
});
