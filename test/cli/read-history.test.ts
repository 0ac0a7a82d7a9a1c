import { describe, expect, it } from 'vitest';
import { readHistory } from '../../src/cli/read-history.ts';
import { splitWords } from '../../src/cli/words.ts';
import { usageError } from '../helpers/failures.ts';

const read = (...argv: string[]) => readHistory(splitWords(argv, Number.POSITIVE_INFINITY), {});

describe('history', () => {
  it('alone shows the log', () => {
    expect(read('--since', '1h', '-v', 'a,b', '-u', 'x', '-D', 'com.**', '-p', 'key', '--follow')).toMatchObject({
      act: 'log',
      sinceMs: 3_600_000,
      verbs: ['a', 'b'],
      uuid: 'x',
      destination: 'com.**',
      publicKey: 'key',
      channels: undefined,
      follow: true,
      timeoutMs: undefined,
    });
  });

  it('create takes what is to be kept', () => {
    expect(read('create', '--max-age', '12h', '--max-bytes', '500MB', '--replicas', '3')).toMatchObject({
      act: 'create',
      channels: [],
      maxAgeMs: 43_200_000,
      maxBytes: 500_000_000,
      replicas: 3,
    });
    expect(read('create')).toMatchObject({ maxAgeMs: undefined, maxBytes: undefined, replicas: undefined });
    expect(read('create', '--max-age', '0', '--max-bytes', '0')).toMatchObject({ maxAgeMs: 0, maxBytes: 0 });
  });

  it('takes every -S, commas and all, once', () => {
    expect(read('create', '-S', 'a', '-S=b,c', '--subject', 'a')).toMatchObject({ channels: ['a', 'b,c'] });
    expect(read('-S', 'a', '-S', 'b')).toMatchObject({ channels: ['a', 'b'] });
  });

  it('delete and info take hardly anything', () => {
    expect(read('info', '-t', '9s')).toMatchObject({ act: 'info', timeoutMs: 9000 });
    expect(read('delete')).toMatchObject({ act: 'delete', yes: false });
    expect(read('delete', '--yes')).toMatchObject({ act: 'delete', yes: true });
  });

  it('shows what was set aside, and has it run again', () => {
    expect(read('--failed')).toMatchObject({ act: 'failed' });
    expect(read('retry', 'work-1a2b3c4d:5', '-p', 'key')).toMatchObject({
      act: 'retry',
      id: 'work-1a2b3c4d:5',
      publicKey: 'key',
    });
  });

  it.each([
    [['--failed', '--follow'], /--failed and --follow exclude each other/],
    [['--failed', '-v', 'x'], /--failed and --verb exclude each other/],
    [['create', '--failed'], /--failed is for history alone/],
    [['retry'], /history retry: no ID/],
    [['retry', ''], /a word is empty/],
    [['retry', 'a', 'b'], /history retry: unexpected word "b"/],
    [['creat'], /unexpected word "creat"/],
    [['create', 'x'], /history create: unexpected word "x"/],
    [['create', '--since', '1h'], /--since is for history alone, not for history create/],
    [['create', '--yes'], /--yes is for history delete, not for history create/],
    [['--max-age', '1d'], /--max-age is for history create, not for history$/],
    [['info', '-S', 'x'], /--subject is for history/],
    [['delete', '-u', 'x'], /--uuid is for history alone/],
    [['-n', '3'], /--count is for receiving/],
    [['--since', '0'], /--since "0"/],
    [['--since', 'x'], /--since "x"/],
    [['--since', '-1h'], /cannot be negative/],
    [['create', '--max-age', '5'], /--max-age "5"/],
    [['create', '--max-age', '10ms'], /1s or more/],
    [['create', '--max-bytes', '1G'], /--max-bytes "1G": expected a size like/],
    [['create', '--max-bytes', '-1'], /--max-bytes "-1"/],
    [['create', '--replicas', '2'], /expected 1 or 3/],
    [['create', '-S', ''], /--subject is empty/],
    [['create', '-S', '', '-S', 'x'], /--subject is empty/],
    [['-v', 'a,,b'], /a verb is empty/],
  ])('is refused as %j', (argv, message) => {
    expect(() => read(...argv)).toThrow(usageError('option', message));
  });
});
