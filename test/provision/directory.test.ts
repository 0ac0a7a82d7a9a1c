import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FileText, toProvisionError, writeDirectory } from '../../src/provision/directory.ts';
import { rejectionOf } from '../helpers/failures.ts';
import { createWorkplace, type Workplace } from '../helpers/initiated.ts';
import { asSomebodyElse } from '../helpers/somebody-else.ts';

let workplace: Workplace;
let directory: string;

beforeEach(() => {
  workplace = createWorkplace();
  directory = join(workplace.path, 'net');
});

afterEach(() => {
  workplace[Symbol.dispose]();
});

const FILES: FileText[] = [
  { path: 'one', text: '1' },
  { path: 'keys/two', text: '2' },
];

/** A file of which writing calls. */
function calling(path: string, call: () => void): FileText {
  return {
    path,
    get text() {
      call();
      return path;
    },
  };
}

describe('a directory of secrets', () => {
  it('is written as it is to be, and nothing else is there afterwards', async () => {
    await writeDirectory(directory, FILES, undefined);
    expect(readFileSync(join(directory, 'one'), 'utf8')).toBe('1');
    expect(readFileSync(join(directory, 'keys/two'), 'utf8')).toBe('2');
    expect(workplace.list()).toEqual(['net']);
  });

  it('is hidden beside its place, and nobody else can enter it, while it is filled', async () => {
    const seen: unknown[] = [];
    const look = () => {
      const [name = ''] = workplace.list();
      seen.push(/^\.remaphore-/.test(name), (statSync(join(workplace.path, name)).mode & 0o777).toString(8));
    };
    const umask = process.umask(0);
    try {
      await writeDirectory(directory, [calling('first', look)], undefined);
    } finally {
      process.umask(umask);
    }
    expect(seen).toEqual([true, '700']);
  });

  it('is not there at all when it is given up between two files', async () => {
    const stop = new AbortController();
    const reason = new Error('enough');
    const files = [...FILES, calling('third', () => stop.abort(reason)), calling('fourth', () => expect.fail())];
    expect(await rejectionOf(writeDirectory(directory, files, stop.signal))).toBe(reason);
    expect(workplace.list()).toEqual([]);
  });

  it('is not there at all when a file cannot be written', async () => {
    const files = [...FILES, { path: 'x'.repeat(300), text: '' }];
    const error = await rejectionOf(writeDirectory(directory, files, undefined));
    expect(error).toMatchObject({ name: 'ProvisionError', code: 'files' });
    expect(workplace.list()).toEqual([]);
  });

  it('leaves alone what another process made meanwhile', async () => {
    const meanwhile = calling('x', () => {
      mkdirSync(directory);
      writeFileSync(join(directory, 'other'), 'x');
    });
    const error = await rejectionOf(writeDirectory(directory, [meanwhile], undefined));
    expect(error).toMatchObject({ code: 'directory', message: `${directory} exists already, and was not touched` });
    expect(readdirSync(directory)).toEqual(['other']);
    expect(workplace.list()).toEqual(['net']);
  });

  it('leaves alone an empty directory that another process made meanwhile', async () => {
    const error = await rejectionOf(writeDirectory(directory, [calling('x', () => mkdirSync(directory))], undefined));
    expect(error).toMatchObject({ code: 'directory' });
    expect(readdirSync(directory)).toEqual([]);
  });

  it('cannot be made where this user may not write, which is said', async () => {
    chmodSync(workplace.path, 0o555);
    const error = await asSomebodyElse(() => rejectionOf(writeDirectory(directory, FILES, undefined)));
    expect(error).toMatchObject({
      name: 'ProvisionError',
      code: 'files',
      message: `${directory}: this user may not write to ${workplace.path}`,
    });
    expect(existsSync(directory)).toBe(false);
  });
});

describe('what the system says of a file', () => {
  it.each([
    ['ENOSPC', '/a/b: the disk is full; nothing was left behind'],
    ['EDQUOT', '/a/b: the disk quota is used up; nothing was left behind'],
    ['EROFS', '/a/b: the file system is read-only'],
    ['ENOTDIR', '/a/b: /a is no directory'],
    ['EIO', '/a/b: cannot be written (EIO)'],
  ])('%s is put in words', (code, message) => {
    const error = Object.assign(new Error('raw'), { code });
    expect(toProvisionError(error, '/a/b')).toMatchObject({ code: 'files', message, cause: error });
  });

  it('is not mixed up with a bug', () => {
    const bug = new TypeError('x is undefined');
    expect(toProvisionError(bug, '/a/b')).toBe(bug);
  });
});
