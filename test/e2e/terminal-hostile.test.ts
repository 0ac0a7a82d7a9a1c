// What a hostile peer sends to somebody who reads it on a terminal: all of it is shown, none of it obeyed, and nothing of
// it looks like what the program itself says.

import xterm from '@xterm/headless';
import { describe, expect, it } from 'vitest';
import { forgeMessage } from '../helpers/forge.ts';
import { respondWith } from '../helpers/responders.ts';
import { openSite, withClient } from '../helpers/site.ts';
import { startTerminal } from '../helpers/terminal.ts';

const site = withClient(
  openSite(['com.crypto.us.left', 'com.crypto.us.right', { destination: 'com.crypto.us.limited', verbs: 'ping' }]),
);
const [left, right, limited] = site.nodes;

/** Each alone would change what is on the screen, or what the terminal is called. */
const ATTACKS: [string, Buffer][] = [
  ['moves the cursor up', Buffer.from('\x1b[1A\x1b[2Kremaphore: all is well')],
  ['clears the screen', Buffer.from('\x1b[2J\x1b[H')],
  ['changes the title', Buffer.from('\x1b]0;evil\x07\x1b]2;evil\x1b\\')],
  ['changes the title with controls of one character', Buffer.from('\u009d0;evil\u009c')],
  ['uses the same controls as bytes', Buffer.from([0x9d, 0x30, 0x3b, 0x65, 0x07, 0x9b, 0x32, 0x4a])],
  ['goes back to the start of the line', Buffer.from('evil\rremaphore: ready\b\b')],
  ['asks the terminal to answer', Buffer.from('\x1b[6n\x1b[c\x05')],
  ['switches to another screen', Buffer.from('\x1b[?1049h\x1bc')],
  ['turns the text around', Buffer.from('\u202egnp.exe\u2066x')],
  ['is no text', Buffer.from([0xff, 0xfe, 0xc0, 0x80, 0xed, 0xa0, 0x80])],
];

/** Whether a terminal that shows this does anything but put characters on it. */
async function whatIsObeyed(text: string): Promise<string[]> {
  const terminal = new xterm.Terminal({ cols: 200, rows: 24, allowProposedApi: true });
  const obeyed: string[] = [];
  terminal.onTitleChange((title) => obeyed.push(`title ${title}`));
  terminal.onData((data) => obeyed.push(`answer ${JSON.stringify(data)}`));
  terminal.buffer.onBufferChange(() => obeyed.push('another screen'));
  await new Promise<void>((resolve) => terminal.write(text, resolve));
  return obeyed;
}

/** A terminal ends lines with a return and a newline itself. */
const CONTROLS = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]|\r(?!\n)/;

describe('a payload on a terminal', () => {
  it.each(ATTACKS)('that %s is only shown', async (_, payload) => {
    const terminal = startTerminal(right.config, '"$REMAPHORE" -n 2 -t 30s', { columns: 200, env: { TERM: 'dumb' } });
    await terminal.shows(/^remaphore: ready$/);
    for (const each of [payload, 'behind it']) {
      site.client.publish('remaphore.all', forgeMessage(left.keys, { payload: each }));
    }
    const { exitCode, stdout } = await terminal.finished;
    expect(exitCode).toBe(0);
    expect(await whatIsObeyed(stdout)).toEqual([]);
    expect(stdout).not.toMatch(CONTROLS);
    const lines = await terminal.screen();
    expect(lines).toHaveLength(3);
    expect([lines[0], lines[2]]).toEqual(['remaphore: ready', 'behind it']);
  });

  it('cannot have a line that looks like one of the program’s own', async () => {
    const terminal = startTerminal(right.config, '"$REMAPHORE" -o -t 30s', { env: { TERM: 'dumb' } });
    await terminal.shows(/^remaphore: ready$/);
    const payload = `x\nremaphore: error: give up\n${'x'.repeat(80)}remaphore: warning: wrapped`;
    site.client.publish('remaphore.all', forgeMessage(left.keys, { payload }));
    await terminal.finished;
    const lines = await terminal.screen();
    expect(lines).toContain('\\x72emaphore: error: give up');
    expect(lines.filter((line) => line.startsWith('remaphore:'))).toEqual(['remaphore: ready']);
  });
});

describe('a reply on a terminal', () => {
  it.each(ATTACKS)('that %s is only shown', async (_, output) => {
    await respondWith(site.client, 'remaphore.all', ({ forge }) => {
      forge(right, { payload: Buffer.concat([Buffer.from('0,'), output]) });
    });
    const asking = startTerminal(left.config, '"$REMAPHORE" -r -D com.crypto.us.right -t 30s', {
      columns: 200,
      env: { TERM: 'dumb' },
    });
    const { exitCode, stdout } = await asking.finished;
    expect(exitCode).toBe(0);
    expect(await whatIsObeyed(stdout)).toEqual([]);
    expect(stdout).not.toMatch(CONTROLS);
    expect((await asking.screen())[0]).toMatch(/^com\.crypto\.us\.right,0,/);
  });

  it('cannot end its frame and have another host’s reply, or a line of the program’s own, behind it', async () => {
    const token = '0123456789abcdef0123456789abcdef';
    const forged = ['first', `--< ${token}`, 'com.crypto.us.limited,0,fine', `--> ${token}`, 'remaphore: warning: x'];
    await respondWith(site.client, 'remaphore.all', ({ answer }) => {
      answer(right, `0,${forged.join('\n')}`);
    });
    const asking = startTerminal(left.config, '"$REMAPHORE" -r -D com.crypto.us.right -t 30s', {
      env: { TERM: 'dumb' },
    });
    await asking.finished;
    const lines = await asking.screen();
    const own = /^--> ([0-9a-f]{32})$/.exec(lines[0] ?? '')?.[1];
    expect(own).not.toBe(token);
    expect(lines.slice(1)).toEqual([
      'com.crypto.us.right,0,first',
      ...forged.slice(1, -1),
      '\\x72emaphore: warning: x',
      `--< ${own}`,
    ]);
  });
});

describe('on a terminal', () => {
  it('what is said of a message that was ignored is a line of the program’s own, with nothing in it that is obeyed', async () => {
    const terminal = startTerminal(right.config, '"$REMAPHORE" --explain -o -t 30s', {
      columns: 200,
      env: { TERM: 'dumb' },
    });
    await terminal.shows(/^remaphore: ready$/);
    const verb = 'x\x1b]0;evil\x07\r\nremaphore: ready\u009b2J\u202e';
    site.client.publish('remaphore.all', forgeMessage(limited.keys, { verb, destination: verb }));
    site.client.publish('remaphore.all', forgeMessage(left.keys, { payload: 'the end' }));
    const { stdout } = await terminal.finished;
    expect(stdout).not.toMatch(CONTROLS);
    const lines = await terminal.screen();
    expect(lines.filter((line) => line === 'remaphore: ready')).toHaveLength(1);
    expect(lines.join('\n')).toContain(
      'remaphore: ignored: com.crypto.us.limited may use [ping], not "x\\u001b]0;evil',
    );
    expect(lines).toContain('the end');
  });
});
