import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  barrierSubject,
  coordinationSubjects,
  durableName,
  durableSubject,
  findNameFault,
  historySubjects,
  isReservedChannel,
  lockSubject,
  parseNameToken,
  streamName,
} from '../../src/protocol/streams.ts';
import { findSubjectFault } from '../../src/protocol/subject.ts';

describe('the name of a stream', () => {
  it.each([
    ['remaphore', 'remaphore-history'],
    ['Net_1-x', 'Net_1-x-history'],
    ['a.b', 'a_b-2e7336dc-history'],
    ['ümlaut', '_mlaut-e30af24e-history'],
  ])('of the subject %s is %s', (subject, name) => {
    expect(streamName(subject, 'history')).toBe(name);
  });

  it('tells apart subjects that differ only in what a name cannot hold, and the two kinds', () => {
    const subjects = ['a.b', 'a_b', 'a:b', 'a/b'];
    const names = subjects.flatMap((subject) => [streamName(subject, 'history'), streamName(subject, 'coordination')]);
    expect(new Set(names).size).toBe(names.length);
  });

  it('is never longer than a server takes, and still tells long subjects apart', () => {
    const names = ['a', 'b'].map((end) => streamName(`${'x'.repeat(900)}${end}`, 'coordination'));
    expect(new Set(names).size).toBe(2);
    for (const name of names) expect(name.length).toBeLessThan(256);
  });

  it('holds letters, digits, - and _ for every subject', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (subject) =>
        /^[A-Za-z0-9_-]+$/.test(streamName(subject, 'history')),
      ),
    );
  });
});

describe('what streams hold', () => {
  it('is for the history the channels that are named, each once, and never all below the subject', () => {
    expect(historySubjects('a.b', ['east', 'all', 'east', 'x.y'])).toEqual(['a.b.all', 'a.b.east', 'a.b.x.y']);
  });

  it('is for coordination what locks, barriers and durable consumers say', () => {
    const patterns = coordinationSubjects('a').map((pattern) => new RegExp(`^${pattern.replaceAll('*', '[^.]+')}$`));
    const subjects = [lockSubject('a', 'x y'), barrierSubject('a', 'ü'), durableSubject('a', 'c-1', 'failed')];
    expect(subjects).toEqual(['a.lock.782079', 'a.barrier.c3bc', 'a.durable.632d31.failed']);
    for (const subject of subjects) expect(patterns.some((pattern) => pattern.test(subject))).toBe(true);
  });

  it('has names in it that can be read again, and are subjects whatever they hold', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (name) => {
        const subject = lockSubject('a', name);
        expect(findSubjectFault(subject)).toBeUndefined();
        expect(parseNameToken(subject.slice('a.lock.'.length))).toBe(name);
      }),
    );
  });

  it.each(['', '7', '7G', '7A2', 'ff', '7A'])('does not have the name %j', (token) => {
    expect(parseNameToken(token)).toBeUndefined();
  });
});

describe('the name of a durable consumer', () => {
  it('begins with the name that was given, and differs with each filter', () => {
    const names = [[], [''], ['a'], ['a', ''], ['', 'a'], ['a,1:b'], ['a', 'b']].map((filters) =>
      durableName('jobs', filters),
    );
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^jobs-[0-9a-f]{8}$/);
  });

  it('is the same for the same filters', () => {
    expect(durableName('jobs', ['all', '**'])).toBe(durableName('jobs', ['all', '**']));
  });
});

describe('the name of a lock', () => {
  it.each(['x', 'deploy of the site', 'ü'.repeat(32), '🔒'])('may be %s', (name) => {
    expect(findNameFault(name)).toBeUndefined();
  });

  it.each([
    ['', /empty/],
    ['x'.repeat(65), /64 bytes, and has 65/],
    ['ü'.repeat(33), /64 bytes, and has 66/],
    ['a\nb', /not printable/],
    ['a\u202eb', /not printable/],
    ['\ud800', /not printable/],
  ])('may not be %j', (name, fault) => {
    expect(findNameFault(name)).toMatch(fault);
  });
});

describe('a channel', () => {
  it.each(['lock.6a', 'barrier.6a', 'durable.x.failed', 'ab'.repeat(32)])('%s is reserved', (channel) => {
    expect(isReservedChannel(channel)).toBe(true);
  });

  it.each(['all', 'lock', 'barrier', 'locks', 'east.lock', 'ab'.repeat(31), 'AB'.repeat(32)])(
    '%s is not',
    (channel) => {
      expect(isReservedChannel(channel)).toBe(false);
    },
  );
});
