import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatShellWord } from '../../src/provision/shell-word.ts';

describe('a word for a shell', () => {
  it.each(['/tmp/net/nats-server.conf', 'root@left.us.crypto.com:/etc/remaphore/x', 'a_b-c+d%e=f,g'])(
    '%s needs no quotes',
    (text) => {
      expect(formatShellWord(text)).toBe(text);
    },
  );

  it('comes out of the shell as it went in', () => {
    const text = fc.string({ unit: 'binary' }).filter((word) => !word.includes('\0'));
    const words = fc.sample(text, 200);
    const printed = execFileSync('sh', ['-c', `printf '%s\\0' ${words.map(formatShellWord).join(' ')}`]);
    expect(printed.toString('utf8').split('\0').slice(0, -1)).toEqual(words);
  });
});
