import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { placeFiles } from '../../src/provision/place.ts';
import { createWorkplace, snapshot, type Workplace } from '../helpers/initiated.ts';

const FILES = { created: ['new.conf', 'new.creds'], changed: ['a', 'b', 'c'] };

let workplace: Workplace;
let staging: string;
let directory: string;

beforeEach(() => {
  workplace = createWorkplace();
  directory = join(workplace.path, 'net');
  staging = join(directory, 'staging');
  mkdirSync(staging, { recursive: true });
  for (const name of FILES.changed) writeFileSync(join(directory, name), 'before');
  for (const name of [...FILES.created, ...FILES.changed]) writeFileSync(join(staging, name), 'after');
});

afterEach(() => {
  workplace[Symbol.dispose]();
});

/** What is in the directory, without what is staged; each file with its number. */
function look() {
  const files = Object.entries(snapshot(directory)).filter(([path]) => !path.startsWith('staging'));
  return files.map(([path, { text }]) => ({ path, text, inode: statSync(join(directory, path)).ino }));
}

describe('files that are put into place', () => {
  it('are all there', () => {
    placeFiles(staging, directory, FILES);
    expect(look().map(({ path, text }) => [path, text])).toEqual(
      ['a', 'b', 'c', 'new.conf', 'new.creds'].map((path) => [path, 'after']),
    );
  });

  it.each(['a', 'c', 'new.conf', 'new.creds'])('leave all as it was when %s cannot be, and name it', (missing) => {
    const before = look();
    rmSync(join(staging, missing));
    expect(() => placeFiles(staging, directory, FILES)).toThrow(
      expect.objectContaining({
        name: 'ProvisionError',
        message: expect.stringContaining(`${directory}/${missing}: `),
      }),
    );
    expect(look()).toEqual(before);
  });

  it('do not replace one that is new to them', () => {
    writeFileSync(join(directory, 'new.creds'), 'mine');
    const before = look();
    expect(() => placeFiles(staging, directory, FILES)).toThrow(/new\.creds exists already, and was not touched/);
    expect(look()).toEqual(before);
  });

  it('leave the first ones there when what was changed cannot be put back', () => {
    rmSync(join(staging, 'c'));
    // The old one is gone when it is to be put back.
    function* spoil() {
      yield* FILES.changed;
      rmSync(join(staging, 'old/a'), { force: true });
    }
    const changed = Object.assign([], { [Symbol.iterator]: spoil });
    expect(() => placeFiles(staging, directory, { ...FILES, changed })).toThrow(
      expect.objectContaining({ hint: 'add the same again to finish it' }),
    );
    expect(readFileSync(join(directory, 'new.conf'), 'utf8')).toBe('after');
  });
});
