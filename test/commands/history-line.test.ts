import { describe, expect, it } from 'vitest';
import { HistoryLines } from '../../src/commands/history-line.ts';
import { parseMessage } from '../../src/protocol/message.ts';
import type { HistoryEntry } from '../../src/signal/history.ts';
import { createTestKeys, type ForgedFields, forgeMessage } from '../helpers/forge.ts';

const keys = createTestKeys();
const STORED_MS = Date.parse('2026-01-02T03:04:05.678Z');

function entry(fields: ForgedFields = {}, changes: Partial<HistoryEntry> = {}): HistoryEntry {
  const bytes = forgeMessage(keys, { timeMs: STORED_MS, uuidHex: Buffer.from('done').toString('hex'), ...fields });
  const message = parseMessage(bytes);
  const facts = { seq: 1, storedMs: STORED_MS, channel: 'all', sender: 'com.x.left', isCopy: false, isOffTime: false };
  return { ...facts, verdict: 'valid', message, bytes, ...changes };
}

const junk = (bytes: Uint8Array) =>
  entry({}, { verdict: 'malformed', message: undefined, sender: undefined, bytes: Buffer.from(bytes) });

const format = (entries: HistoryEntry[], columns?: number) => new HistoryLines(columns).format(entries);

describe('a line of the log', () => {
  it('says when, who, what, for whom, what is to be thought of it, and the payload', async () => {
    expect(await format([entry({ verb: 'deploy', destination: 'com.**', payload: 'v1.2 of it' })])).toBe(
      '2026-01-02T03:04:05.678Z  com.x.left  deploy  com.**  done  valid  v1.2 of it\n',
    );
  });

  it('stands in columns with the others', async () => {
    const text = await format([entry({ payload: 'a' }), entry({ verb: 'deploy', payload: 'b' }, { sender: 'x' })]);
    expect(text).toBe(
      '2026-01-02T03:04:05.678Z  com.x.left  ping    **  done  valid  a\n' +
        '2026-01-02T03:04:05.678Z  x           deploy  **  done  valid  b\n',
    );
  });

  it.each([
    [{ verdict: 'unknown-key', sender: undefined }, / {2}\S+…\S* {2}ping {2}\*\* {2}done {2}unknown key$/],
    [{ verdict: 'not-permitted' }, / com\.x\.left .* not permitted$/],
    [{ verdict: 'forged' }, / com\.x\.left\? .* forged$/],
    [{ isCopy: true }, / valid, copy$/],
    [{ isOffTime: true, storedMs: STORED_MS + 7_200_000 }, / valid, signed 2 h before$/],
    [{ isOffTime: true, storedMs: STORED_MS - 60_000 }, / valid, signed 1 m after$/],
  ] satisfies [Partial<HistoryEntry>, RegExp][])('says what is wrong with %j', async (changes, line) => {
    expect((await format([entry({}, changes)])).trimEnd()).toMatch(line);
  });

  it('shows what is no message', async () => {
    expect(await format([junk(Buffer.from('hello\x00\xff', 'latin1'))])).toBe(
      '2026-01-02T03:04:05.678Z  -  -  -  -  malformed  hello\\x00\\xff\n',
    );
  });

  it.each([
    ['two\nlines', 'two\\nlines'],
    ['\x1b[2J\u202e\u2066\u2028\u00ad', '\\x1b[2J\\u{202e}\\u{2066}\\u{2028}\\xad'],
    ['a\\n', 'a\\\\n'],
    ['\r\ttab', '\\x0d\\ttab'],
    ['Grüße, 世界', 'Grüße, 世界'],
  ])('is one line, harmless, and cannot be taken for another: %j', async (payload, shown) => {
    const text = await format([entry({ payload })]);
    expect(text.slice(text.indexOf('  valid  '))).toBe(`  valid  ${shown}\n`);
  });

  it('keeps its columns whatever a sender writes into them', async () => {
    const text = await format([entry({ verb: 'a  forged  b', destination: '\x1b]0;x', uuidHex: '' })]);
    expect(text).toBe('2026-01-02T03:04:05.678Z  com.x.left  a\\x20\\x20forged\\x20\\x20b  \\x1b]0;x  -  valid\n');
  });

  it('cuts a field that is no name any more', async () => {
    const text = await format([entry({ verb: 'v'.repeat(10_000) })]);
    expect(text.length).toBeLessThan(200);
    expect(text).toContain(`${'v'.repeat(80)}…`);
  });

  it('is cut to the terminal’s width there, and nowhere else', async () => {
    const entries = [entry({ payload: '世'.repeat(100) })];
    const shown = (await format(entries, 80)).trimEnd();
    expect(shown).toMatch(/世…$/);
    expect(shown.length).toBeLessThan(80);
    expect(await format(entries)).toContain('世'.repeat(100));
  });
});
