// A reader that does not read must not make the program deaf.

import { describe, expect, it } from 'vitest';
import { run, startShell } from '../helpers/program.ts';
import { respondWith } from '../helpers/responders.ts';
import { openSite, withClient } from '../helpers/site.ts';

const site = withClient(
  openSite(['com.crypto.us.left', 'com.crypto.us.right', 'com.crypto.us.middle', 'com.crypto.eu.x']),
);
const [left, right, middle] = site.nodes;

/** More than a pipe holds. */
const LARGE = 'x'.repeat(200_000);

/** Runs the program with a reader that reads nothing, and says what it ended with. */
const UNREAD = '{ "$REMAPHORE" $WORDS; echo "ended with $?" >&2; } | sleep 20 & wait -n; kill %1';

describe('a reader of standard output that does not read', () => {
  it('does not keep -t from ending a receiver, which says what is lost', async () => {
    const shell = startShell(right.config, UNREAD, { env: { WORDS: '-t 5s' } });
    await shell.said('remaphore: ready');
    await run(left.config, ['-s', '-'], { input: LARGE });
    await shell.said('ended with 74');
    expect(shell.stderr).toMatch(/error: standard output could not be written \(nobody read it; \d+ bytes are lost\)/);
    shell.kill('SIGKILL');
  });

  it('does not keep -t from ending a request', async () => {
    const responder = startShell(left.config, '"$REMAPHORE" -o -t 20s head -c 200000 /dev/zero');
    await responder.said('remaphore: ready');
    const shell = startShell(right.config, UNREAD, { env: { WORDS: '-r -t 4s' } });
    await shell.said('ended with 74');
    shell.kill('SIGKILL');
  });

  it('does not keep a request from saying how many replies it has not printed', async () => {
    await respondWith(site.client, 'remaphore.all', ({ answer }) => {
      answer(left, `0,${LARGE}`);
      // Those of slower hosts, which come when the first one is already held up.
      setTimeout(() => {
        answer(right, '0,late');
        answer(middle, '0,late');
      }, 1000);
    });
    const shell = startShell(right.config, UNREAD, { env: { WORDS: '-r -t 4s' } });
    await shell.said('ended with 74');
    expect(shell.stderr).toContain('remaphore: warning: 2 more replies were not printed');
    shell.kill('SIGKILL');
  });
});

describe('a reader of standard output that has gone', () => {
  it('ends a receiver with room for more at the first message that it cannot write, not at the one after', async () => {
    const words = '{ "$REMAPHORE" -j 2 -t 10m; echo "ended with $?" >&2; } | head -1';
    const shell = startShell(right.config, words);
    await shell.said('remaphore: ready');
    await run(left.config, ['-s', 'first']);
    await shell.printed('first\n');
    await run(left.config, ['-s', 'second']);
    await shell.said('ended with 141');
    expect((await shell.finished).stderr).toBe('remaphore: ready\nended with 141\n');
  });
});
