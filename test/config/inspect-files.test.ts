import { chmod, chown, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inspectConfig } from '../../src/config/inspect.ts';
import { configText } from '../helpers/config-text.ts';

let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'inspect-'));
});

afterAll(async () => {
  await rm(directory, { recursive: true, force: true });
});

/** A file with exactly this mode, whatever the umask. */
async function write(name: string, text: string, mode = 0o600): Promise<string> {
  const path = join(directory, name);
  await writeFile(path, text);
  await chmod(path, mode);
  return path;
}

const findingsOf = async (path: string) => (await inspectConfig(path)).findings;

describe('a configuration that cannot be read', () => {
  it.each([
    ['is not there', 'missing.conf', 'no such file'],
    ['is a directory', '.', 'it is a directory'],
  ])('because it %s is an error that says so', async (_, name, message) => {
    const path = join(directory, name);
    const { findings, config } = await inspectConfig(path);
    expect(config).toBeUndefined();
    const advice = 'name another with -c; remaphore -C prints an example';
    expect(findings).toEqual([{ severity: 'error', file: path, where: undefined, message, advice }]);
  });

  it('because it is not UTF-8 is an error that says so', async () => {
    const path = join(directory, 'latin1.conf');
    await writeFile(path, Buffer.from('destination: caf\xe9', 'latin1'));
    expect(await findingsOf(path)).toMatchObject([{ severity: 'error', message: 'expected UTF-8' }]);
  });
});

describe('the mode of a configuration', () => {
  it.each([0o600, 0o400, 0o640])('%o is fine', async (mode) => {
    expect(await findingsOf(await write('fine.conf', configText(), mode))).toEqual([]);
  });

  it.each([
    [0o644, ['holds private keys and can be read by everybody on this machine']],
    [0o660, [expect.stringMatching(/^its group \(\d+\) can write it, and decide whom this host trusts$/)]],
    [0o602, ['everybody on this machine can write it, and decide whom this host trusts']],
    [
      0o666,
      [
        'holds private keys and can be read by everybody on this machine',
        'everybody on this machine can write it, and decide whom this host trusts',
      ],
    ],
  ])('%o is warned about, with the command that mends it', async (mode, messages) => {
    const path = await write('open.conf', configText(), mode);
    const findings = await findingsOf(path);
    expect(findings.map(({ message }) => message)).toEqual(messages);
    for (const { severity, file, advice } of findings) {
      expect({ severity, file }).toEqual({ severity: 'warning', file: path });
      expect(advice).toMatch(/^chmod [go]+-\w+ .*open\.conf$/);
    }
  });

  it('is warned about when everybody can replace the file, unless the directory is sticky', async () => {
    const shared = join(directory, 'shared');
    await mkdir(shared);
    const path = await write('shared/x.conf', configText());
    await chmod(shared, 0o777);
    expect(await findingsOf(path)).toMatchObject([
      { severity: 'warning', message: `everybody can put another file in its place, in ${shared}` },
    ]);
    await chmod(shared, 0o1777);
    expect(await findingsOf(path)).toEqual([]);
  });

  // Only the superuser can give a file away.
  it.runIf(process.geteuid?.() === 0)(
    'is warned about when the file belongs to neither root nor this user',
    async () => {
      const path = await write('foreign.conf', configText());
      await chown(path, 65534, 65534);
      expect(await findingsOf(path)).toMatchObject([
        { severity: 'warning', message: 'it belongs to another user (65534), who decides whom this host trusts' },
      ]);
    },
  );
});

describe('a file that the configuration names', () => {
  it('is an error when it is not there', async () => {
    const credentials = join(directory, 'none.creds');
    const more = [`tls_ca: ${join(directory, 'none.pem')}`];
    const path = await write('names.conf', configText({ credentials: `credentials: ${credentials}`, more }));
    expect(await findingsOf(path)).toMatchObject([
      { severity: 'error', file: credentials, message: 'no such file', advice: expect.stringContaining('credentials') },
      { severity: 'error', file: join(directory, 'none.pem'), advice: expect.stringContaining('tls_ca') },
    ]);
  });

  it('is warned about when others can read the secret in it, or write it', async () => {
    const credentials = await write('open.creds', '', 0o644);
    const ca = await write('ca.pem', '', 0o646);
    const cert = await write('cert.pem', '', 0o644);
    const key = await write('key.pem', '', 0o664);
    const more = [`tls_ca: ${ca}`, `tls_cert: ${cert}`, `tls_key: ${key}`];
    const path = await write('all.conf', configText({ credentials: `credentials: ${credentials}`, more }));
    const readByAll = 'holds a private key and can be read by everybody on this machine';
    expect(await findingsOf(path)).toMatchObject([
      { file: credentials, message: readByAll },
      { file: ca, message: 'everybody on this machine can write it, and decide which servers this host trusts' },
      { file: key, message: readByAll },
      { file: key, message: expect.stringMatching(/^its group .* and decide as whom this host connects$/) },
    ]);
  });
});
