// On a terminal a line at the bottom says what is being waited for. It is gone when that is over.

import { describe, expect, it } from 'vitest';
import { run, startReady } from '../helpers/program.ts';
import { respondWith } from '../helpers/responders.ts';
import { openScripts } from '../helpers/scripts.ts';
import { openSite, withClient } from '../helpers/site.ts';
import { startTerminal } from '../helpers/terminal.ts';
import { untilSubscribed } from '../helpers/wire.ts';

const site = withClient(
  openSite(['com.crypto.us.left', 'com.crypto.us.right', 'com.crypto.us.web', 'com.crypto.us.db']),
);
const [left, right, web] = site.nodes;
const scripts = openScripts();

const RECEIVE = '"$REMAPHORE" -t 20s';

describe('a receiver on a terminal', () => {
  it('shows what it waits for and for how long, and nothing of that at the end', async () => {
    const terminal = startTerminal(right.config, `${RECEIVE} -u upload_done`);
    await terminal.shows(/^[1-9]\.\d s of 20 s, waiting for upload_done$/);
    await run(left.config, ['-s', '-u', 'upload_done', 'text']);
    await terminal.finished;
    expect(await terminal.screen()).toEqual(['remaphore: ready', 'text']);
  });

  it('shows the verbs that it waits for, or that it waits for anything', async () => {
    const verbs = startTerminal(right.config, '"$REMAPHORE" -o -v deploy,stop');
    const anything = startTerminal(right.config, '"$REMAPHORE" -o');
    await verbs.shows(/^\d\.\d s, waiting for deploy, stop$/);
    await anything.shows(/^\d\.\d s, waiting for messages$/);
    await run(left.config, ['-s', '-v', 'stop']);
    await Promise.all([verbs.finished, anything.finished]);
  });

  it('keeps the line below what is printed and said', async () => {
    const terminal = startTerminal(right.config, `${RECEIVE} --explain`);
    await terminal.shows(/, waiting/);
    for (const payload of ['one', 'two']) await run(left.config, ['-s', payload]);
    // What is refused is said at once; what is accepted goes by way of the disk.
    await terminal.shows(/^two$/);
    await run(left.config, ['-s', '-D', 'org.x']);
    await terminal.shows(/ignored: for org\.x/);
    await terminal.shows(/, waiting/);
    const lines = await terminal.screen();
    expect(lines.slice(0, 3)).toEqual(['remaphore: ready', 'one', 'two']);
    expect(lines.at(-1)).toMatch(/, waiting for messages/);
    expect(lines.filter((line) => line.includes(', waiting'))).toHaveLength(1);
    terminal.program.kill('SIGTERM');
    await terminal.finished;
  });

  it('gives the terminal to a script while that runs', async () => {
    const script = scripts.write('ask', 'printf "up: "; head -c 1 "$0" >/dev/null; sleep 0.5; echo done');
    const terminal = startTerminal(right.config, `${RECEIVE} ${script}`);
    await terminal.shows(/, waiting/);
    await run(left.config, ['-s']);
    await terminal.shows(/^up: $/);
    expect((await terminal.screen()).some((line) => line.includes(', waiting'))).toBe(false);
    await terminal.shows(/^up: done$/);
    await terminal.shows(/, waiting/);
    terminal.program.kill('SIGTERM');
    await terminal.finished;
  });

  it.each(['-t 1s', '-o -t 1s -v x'])('leaves nothing of it behind when it gives up: %s', async (args) => {
    const terminal = startTerminal(right.config, `"$REMAPHORE" ${args}`);
    expect(await terminal.finished).toMatchObject({ exitCode: 1 });
    expect(await terminal.screen()).toEqual(['remaphore: ready', 'remaphore: nothing came in 1 s']);
  });

  it('leaves nothing of it behind when Ctrl-C ends it', async () => {
    const terminal = startTerminal(right.config, `echo "process $$"; exec ${RECEIVE}`);
    await terminal.shows(/, waiting/);
    const [first = ''] = await terminal.screen();
    process.kill(Number(first.replace('process ', '')), 'SIGINT');
    expect(await terminal.finished).toMatchObject({ exitCode: 130 });
    expect(await terminal.screen()).toEqual([first, 'remaphore: ready']);
  });
});

describe('a request on a terminal', () => {
  it('shows how many have answered and who is waited for', async () => {
    const receiver = await startReady(right.config, ['-o', '-t', '20s']);
    await respondWith(site.client, 'remaphore.all', () => {});
    const terminal = startTerminal(left.config, '"$REMAPHORE" -r -t 3s', { columns: 100 });
    await terminal.shows(/^1\/4 answered, \d\.\d s, waiting for com\.crypto\.us\.left and 2 more$/);
    await receiver.finished;
    await terminal.finished;
    expect(await terminal.screen()).toEqual([
      'com.crypto.us.right,0,NO_DATA',
      'remaphore: warning: no answer from: com.crypto.us.left, com.crypto.us.web, com.crypto.us.db',
    ]);
  });

  it('fits into a terminal of 20 columns', async () => {
    await respondWith(site.client, 'remaphore.all', () => {});
    const terminal = startTerminal(left.config, '"$REMAPHORE" -r -t 2s 2>&1', { columns: 20 });
    await terminal.shows(/^0\/4 answered, \d\.\d …$/);
    expect((await terminal.screen()).filter((line) => line.includes('answered'))).toHaveLength(1);
    await terminal.finished;
    expect((await terminal.screen()).join('')).not.toContain('answered');
  });
});

describe('the line', () => {
  it('is drawn on a terminal that does not know its size', async () => {
    const terminal = startTerminal(right.config, `stty cols 0 rows 0; ${RECEIVE} -o`);
    await terminal.shows(/, waiting for messages/);
    await run(left.config, ['-s']);
    await terminal.finished;
  });

  // One that is drawn at the very moment at which the terminal is narrowed cannot be taken away whole by anybody.
  it('goes away whole when the terminal has become narrower', { retry: 3 }, async () => {
    const terminal = startTerminal(right.config, `tty; exec ${RECEIVE} -o -u a_signal_with_quite_a_long_name`);
    await terminal.shows(/ of 20 s, waiting for a_signal_with_quite_a_long_name$/);
    await terminal.resize(25);
    await terminal.shows(/^\d\.\d s of 20 s, waiting …$/);
    await run(left.config, ['-s', '-u', 'a_signal_with_quite_a_long_name']);
    await terminal.finished;
    expect((await terminal.screen()).slice(1)).toEqual(['remaphore: ready']);
  });

  it.each(['dumb', ''])('is never drawn on a terminal that cannot take it away: TERM=%s', async (kind) => {
    const terminal = startTerminal(right.config, `TERM=${kind} ${RECEIVE} -o`);
    await untilSubscribed(site.client, 'remaphore.all');
    await run(left.config, ['-s']);
    await terminal.finished;
    expect(terminal.program.stdout).toBe('remaphore: ready\r\n');
  });

  it.each([
    ['standard error is no terminal', `${RECEIVE} -o 2>/dev/null`],
    ['-q asks for quiet', `${RECEIVE} -o -q`],
    ['it speaks JSON', `${RECEIVE} -o --json`],
  ])('is never drawn when %s', async (_, command) => {
    const terminal = startTerminal(web.config, command);
    await untilSubscribed(site.client, 'remaphore.all');
    await run(left.config, ['-s']);
    await terminal.finished;
    expect(terminal.program.stdout).not.toContain('waiting');
    expect(terminal.program.stdout).not.toContain('\u001b');
  });

  it('is drawn when only standard output is none', async () => {
    const terminal = startTerminal(right.config, `text=$(${RECEIVE} -o); echo "<$text>"`);
    await terminal.shows(/, waiting for messages/);
    await run(left.config, ['-s', 'hello']);
    await terminal.finished;
    expect(await terminal.screen()).toEqual(['remaphore: ready', '<hello>']);
  });

  it('has no colour, with NO_COLOR and without', async () => {
    for (const env of [{ NO_COLOR: '1' }, { TERM: 'xterm-256color' }]) {
      const terminal = startTerminal(right.config, '"$REMAPHORE" -t 1s', { env });
      await terminal.finished;
      expect(terminal.program.stdout).not.toMatch(/\u001b\[[0-9;]*m/);
    }
  });

  it('does not make the standard output that a script inherits non-blocking', async () => {
    const script = scripts.write('flags', 'sed -n "s/^flags:[[:space:]]*//p" /proc/self/fdinfo/1');
    const terminal = startTerminal(right.config, `text=$(${RECEIVE} -o ${script}); echo "<$text>"`);
    await terminal.shows(/, waiting/);
    await run(left.config, ['-s']);
    await terminal.finished;
    const flags = /<0?(\d+)>/.exec((await terminal.screen()).join(''))?.[1];
    // O_NONBLOCK, in octal as the kernel shows it.
    expect(Number.parseInt(flags ?? '', 8) & 0o4000).toBe(0);
  });
});
