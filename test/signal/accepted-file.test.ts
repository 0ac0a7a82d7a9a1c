import { randomBytes } from 'node:crypto';
import {
  appendFileSync,
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AcceptedFile } from '../../src/signal/accepted-file.ts';
import { encodeLine, parseLines } from '../../src/signal/accepted-line.ts';
import { StateError } from '../../src/signal/state-error.ts';

const KEEP_MS = 6000;
const NOW_MS = 1_800_000_000_000;

let directory: string;
let path: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'accepted-'));
  path = join(directory, `${process.geteuid?.()}`, 'accepted');
  mkdirSync(dirname(path), { mode: 0o700 });
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const open = (keepMs = KEEP_MS) => new AcceptedFile(directory, keepMs);
const hashes = (count: number) => Array.from({ length: count }, () => randomBytes(32));
const inFile = () => parseLines(readFileSync(path, 'latin1'));
const codeOf = (act: () => unknown) => {
  try {
    act();
  } catch (error) {
    return error instanceof StateError ? error.code : error;
  }
  return undefined;
};

describe('what was accepted', () => {
  it('is known to who opens the file afterwards, and not to who had it open', async () => {
    const [first, second] = [open(), open()];
    const [hash] = hashes(1) as [Buffer];
    await first.add([hash], NOW_MS);
    expect([first.has(hash), second.has(hash), open().has(hash)]).toEqual([false, false, true]);
  });

  it('is in a file of this user’s that nobody else can open, in a directory that is made for it', () => {
    const made = join(directory, 'some', 'state');
    new AcceptedFile(made, KEEP_MS);
    expect(statSync(made).mode & 0o777).toBe(0o700);
    const file = statSync(join(made, `${process.geteuid?.()}`, 'accepted'));
    expect([file.mode & 0o777, file.uid]).toEqual([0o600, process.geteuid?.()]);
  });

  it('is kept in the order and at the time at which it was accepted', async () => {
    const file = open();
    const some = hashes(3);
    await Promise.all(some.map((hash, i) => file.add([hash], NOW_MS + i)));
    expect(inFile()).toEqual(
      some.map((hash, i) => ({ hash, acceptedMs: NOW_MS + i, keepUntilMs: NOW_MS + i + KEEP_MS })),
    );
  });

  it('is known behind a line that was torn off at any place', async () => {
    const [torn, whole] = hashes(2) as [Buffer, Buffer];
    const line = encodeLine({ hash: torn, acceptedMs: NOW_MS, keepUntilMs: NOW_MS });
    for (let length = 0; length < line.length; length++) {
      writeFileSync(path, line.slice(0, length), { mode: 0o600 });
      await open().add([whole], NOW_MS);
      expect(inFile().map(({ hash }) => hash)).toEqual([whole]);
    }
  });

  it('is known among lines that are damaged', async () => {
    const some = hashes(2) as [Buffer, Buffer];
    await open().add([some[0]], NOW_MS);
    appendFileSync(path, '\n\0\xff nonsense\n\n');
    await open().add([some[1]], NOW_MS);
    expect(some.map((hash) => open().has(hash))).toEqual([true, true]);
  });

  it('can be a hundred thousand messages', async () => {
    const file = open();
    const many = hashes(100_000);
    for (let i = 0; i < many.length; i += 1000) await file.add(many.slice(i, i + 1000), NOW_MS);
    const next = open();
    expect(many.every((hash) => next.has(hash))).toBe(true);
  });
});

describe('what can no longer be accepted', () => {
  it('is taken out once there is much of it, and nothing else is', async () => {
    const file = open();
    const [old, fresh] = [hashes(800), hashes(200)];
    await file.add(old, NOW_MS);
    await file.add(fresh, NOW_MS + KEEP_MS + 1);
    expect(inFile().map(({ hash }) => hash)).toEqual(fresh);
  });

  it('does not take along what others add meanwhile, who have the old file open', async () => {
    const [pruning, other] = [open(), open()];
    await pruning.add(hashes(800), NOW_MS);
    const laterMs = NOW_MS + KEEP_MS + 1;
    const [mine, others] = [hashes(200), hashes(200)];
    await Promise.all([pruning.add(mine, laterMs), ...others.map((hash) => other.add([hash], laterMs))]);
    // One that was being written when the file was replaced may be there twice.
    expect(new Set(inFile().map(({ hash }) => Buffer.from(hash).toString('hex'))).size).toBe(400);
    const next = open();
    expect([...mine, ...others].every((hash) => next.has(hash))).toBe(true);
  });

  it('stays while somebody else takes it out, whose end is waited for before anything is said to be there', async () => {
    const file = open();
    writeFileSync(`${path}.lock`, '');
    const [hash] = hashes(1) as [Buffer];
    let isThere = false;
    const added = file.add([hash], NOW_MS).then(() => {
      isThere = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(isThere).toBe(false);
    // As if the other had read the file before.
    rmSync(path);
    rmSync(`${path}.lock`);
    await added;
    expect(open().has(hash)).toBe(true);
  });

  it('stays while it cannot be taken out, and what comes is added all the same', async () => {
    mkdirSync(`${path}.new/in-the-way`, { recursive: true });
    const file = open();
    await file.add(hashes(800), NOW_MS);
    await file.add(hashes(200), NOW_MS + KEEP_MS + 1);
    expect(inFile()).toHaveLength(1000);
  });

  it('is taken out although somebody who did so was killed long ago', async () => {
    writeFileSync(`${path}.lock`, '');
    writeFileSync(`${path}.new`, 'half of it', { mode: 0o600 });
    const longAgo = Date.now() / 1000 - 60;
    utimesSync(`${path}.lock`, longAgo, longAgo);
    const file = open();
    await file.add(hashes(800), NOW_MS);
    await file.add(hashes(200), NOW_MS + KEEP_MS + 1);
    expect(inFile()).toHaveLength(200);
  });
});

describe('a file is not used', () => {
  it.each([0o604, 0o640, 0o622, 0o666])('that others may open (%o)', (mode) => {
    open();
    chmodSync(path, mode);
    expect(codeOf(() => open())).toBe('state-exposed');
  });

  it.each([0o777, 0o770])('in a directory where others could put another in its place (%o)', (mode) => {
    chmodSync(directory, mode);
    expect(codeOf(() => open())).toBe('state-exposed');
  });

  it.skipIf(process.geteuid?.() !== 0).each(['.', '..'])(
    'in a directory of another user’s, or in one below such (%s)',
    (up) => {
      chownSync(join(dirname(path), up), 65_534, 65_534);
      expect(codeOf(() => open())).toBe('state-exposed');
    },
  );

  it('but in one like /tmp, where they cannot', () => {
    chmodSync(directory, 0o1777);
    expect(codeOf(() => open())).toBe(undefined);
  });

  it('that is a symbolic link, a directory, or in what is a file', () => {
    symlinkSync(join(directory, 'elsewhere'), path);
    expect(codeOf(() => open())).toBe('state-unusable');
    rmSync(path);
    mkdirSync(path);
    expect(codeOf(() => open())).toBe('state-unusable');
    writeFileSync(join(directory, 'file'), '');
    expect(codeOf(() => new AcceptedFile(join(directory, 'file'), KEEP_MS))).toBe('state-unusable');
  });
});

it('nothing is added to a file that was closed, whose descriptor may be another’s by then', async () => {
  const file = open();
  file.close();
  await expect(file.add(hashes(1), NOW_MS)).rejects.toMatchObject({ name: 'StateError', code: 'state-unusable' });
  expect(inFile()).toEqual([]);
});

it('a file that is gone is made anew by the next message', async () => {
  const file = open();
  rmSync(path);
  const [hash] = hashes(1) as [Buffer];
  await file.add([hash], NOW_MS);
  expect(open().has(hash)).toBe(true);
});
