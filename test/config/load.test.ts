import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfig, parseConfig } from '../../src/config/load.ts';
import { configText } from '../helpers/config-text.ts';
import { configError, rejectionOf } from '../helpers/failures.ts';
import { asSomebodyElse } from '../helpers/somebody-else.ts';

let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'load-'));
});

afterAll(async () => {
  await rm(directory, { recursive: true, force: true });
});

/** A file with exactly this mode, whatever the umask. */
async function write(name: string, text: string, mode: number): Promise<string> {
  const path = join(directory, name);
  await writeFile(path, text);
  await chmod(path, mode);
  return path;
}

describe('a configuration file', () => {
  it('is read', async () => {
    const path = await write('good.conf', configText(), 0o600);
    expect(await loadConfig(path)).toMatchObject({ file: path, destination: 'com.x.y', warnings: [] });
  });

  it('can leave its peers, and what is wrong with them, until they are asked for', async () => {
    const good = await write('deferred.conf', configText(), 0o600);
    expect((await loadConfig(good, { deferPeers: true })).peers).toEqual((await loadConfig(good)).peers);
    const bad = await write('damaged.conf', configText({ peers: ['com.x.z damaged [ping]'] }), 0o600);
    const config = await loadConfig(bad, { deferPeers: true });
    expect(config.destination).toBe('com.x.y');
    expect(() => config.peers).toThrow(configError('value', 7, /public key/));
    await expect(loadConfig(bad)).rejects.toEqual(configError('value', 7, /public key/));
  });

  it('has its paths taken from its own directory', async () => {
    const more = ['tls_ca: tls/ca.pem', 'tls_cert: ./cert.pem', 'tls_key: /etc/key.pem'];
    const path = await write('relative.conf', configText({ credentials: 'credentials: ../x.creds', more }), 0o600);
    expect(await loadConfig(path)).toMatchObject({
      credentials: join(directory, '../x.creds'),
      tls: { ca: join(directory, 'tls/ca.pem'), cert: join(directory, 'cert.pem'), key: '/etc/key.pem' },
    });
    const text = configText({ credentials: 'credentials: ../x.creds', more });
    expect(await parseConfig(text, path)).toMatchObject({ credentials: '../x.creds', tls: { cert: './cert.pem' } });
    expect((await loadConfig(await write('no-credentials.conf', configText(), 0o600))).credentials).toBeUndefined();
  });

  it('that is named from the working directory has its paths taken from there too', async () => {
    const path = await write('here.conf', configText({ credentials: 'credentials: here.creds' }), 0o600);
    const config = await loadConfig(relative(process.cwd(), path));
    expect(resolve(config.credentials ?? '')).toBe(join(directory, 'here.creds'));
  });

  it('that is not there is refused by name', async () => {
    const error = await rejectionOf(loadConfig(join(directory, 'nothing.conf')));
    expect(error).toEqual(configError('unreadable', undefined, /nothing\.conf: no such file$/));
  });

  it('that is a directory is refused by name', async () => {
    await mkdir(join(directory, 'sub.conf'));
    const error = await rejectionOf(loadConfig(join(directory, 'sub.conf')));
    expect(error).toEqual(configError('unreadable', undefined, /sub\.conf: it is a directory$/));
  });

  it('below something that is no directory is refused by name', async () => {
    const path = await write('file', '', 0o600);
    const error = await rejectionOf(loadConfig(join(path, 'x.conf')));
    expect(error).toEqual(configError('unreadable', undefined, /file\/x\.conf: .*ENOTDIR/));
  });

  it('that this user may not read is refused by name', async () => {
    const path = await write('closed.conf', configText(), 0o000);
    const error = await asSomebodyElse(() => rejectionOf(loadConfig(path)));
    expect(error).toEqual(configError('unreadable', undefined, /closed\.conf: this user may not read it$/));
  });

  it('is named in its errors as it was given', async () => {
    const path = await write('bad.conf', configText({ more: ['allow_skew: x'] }), 0o600);
    expect(await rejectionOf(loadConfig(path))).toMatchObject({ file: path, line: 4 });
  });
});

describe('a file with a private key', () => {
  it.each([0o644, 0o604, 0o606])('is warned about when everybody can read it (mode %o)', async (mode) => {
    const path = await write('open.conf', configText(), mode);
    const { warnings } = await loadConfig(path);
    expect(warnings).toEqual([expect.stringContaining(`${path}: holds private keys and can be read by everybody`)]);
  });

  it.each([0o600, 0o640, 0o660, 0o400])('is not when only its owner or a group can (mode %o)', async (mode) => {
    expect((await loadConfig(await write('closed.conf', configText(), mode))).warnings).toEqual([]);
  });

  it('is warned about when it is the credentials file', async () => {
    const credentials = await write('user.creds', '', 0o644);
    const path = await write('c.conf', configText({ credentials: `credentials: ${credentials}` }), 0o600);
    expect((await loadConfig(path)).warnings).toEqual([expect.stringContaining(`${credentials}: holds a private key`)]);
    await chmod(credentials, 0o640);
    expect((await loadConfig(path)).warnings).toEqual([]);
  });

  it('is warned about when it is the TLS key, while certificates may be read by all', async () => {
    const key = await write('key.pem', '', 0o644);
    const certificate = await write('cert.pem', '', 0o644);
    const more = [`tls_ca: ${certificate}`, `tls_cert: ${certificate}`, `tls_key: ${key}`];
    const path = await write('t.conf', configText({ more }), 0o600);
    expect((await loadConfig(path)).warnings).toEqual([expect.stringContaining(`${key}: holds a private key`)]);
  });

  it('that is not there yet is no warning: whoever needs it will say so', async () => {
    const path = await write('d.conf', configText({ credentials: `credentials: ${directory}/none` }), 0o600);
    expect((await loadConfig(path)).warnings).toEqual([]);
  });

  it('is warned about after what is odd in it', async () => {
    const path = await write('odd.conf', configText({ more: ['colour: blue'] }), 0o644);
    expect((await loadConfig(path)).warnings).toHaveLength(2);
  });
});
