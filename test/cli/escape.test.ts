import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escapeControls, escapeLine, escapeSent } from '../../src/cli/escape.ts';

/** What a terminal obeys: controls but newline and tab, and what turns the direction of text or ends a line. */
const OBEYED = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/;

describe('a text for a terminal', () => {
  it.each([
    ['a colour', '\u001b[31mred', '\\x1b[31mred'],
    ['a title', '\u001b]0;x\u0007', '\\x1b]0;x\\x07'],
    ['a return to the start of the line', 'good\rbad', 'good\\x0dbad'],
    ['a backspace', 'a\u0008b', 'a\\x08b'],
    ['a NUL', 'a\u0000b', 'a\\x00b'],
    ['a DEL', '\u007f', '\\x7f'],
    ['a control of one byte beyond ASCII', '\u009b31m', '\\x9b31m'],
    ['a turn of direction', 'abc\u202etxt.exe', 'abc\\u{202e}txt.exe'],
    ['an isolate', '\u2066x\u2069', '\\u{2066}x\\u{2069}'],
    ['an end of line that is no newline', 'a\u2028b\u2029', 'a\\u{2028}b\\u{2029}'],
    ['what has no width', 'a\u200bb\u2060\ufeff', 'a\\u{200b}b\\u{2060}\\u{feff}'],
    ['a mark of direction', '\u200f\u061c', '\\u{200f}\\u{61c}'],
  ])('shows %s instead of obeying it', (_, text, shown) => {
    expect(escapeControls(text)).toBe(shown);
  });

  it('leaves everything else as it is, newlines, tabs and other alphabets too', () => {
    const text = 'a\tb\nc \\ ü ☃ 日本 👩‍💻 עברית';
    expect(escapeControls(text)).toBe(text);
  });

  it('never has anything left that a terminal obeys', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(escapeControls(text)).not.toMatch(OBEYED);
        expect(escapeLine(text)).not.toMatch(OBEYED);
        expect(escapeSent(text)).not.toMatch(OBEYED);
      }),
    );
  });
});

describe('a text for one line', () => {
  it('has its newlines shown', () => {
    expect(escapeLine('a\nremaphore: ready\r\n')).toBe('a\\nremaphore: ready\\x0d\\n');
  });
});

describe('what a peer sent', () => {
  it.each([
    ['on its only line', 'remaphore: ready', '\\x72emaphore: ready'],
    ['on a line further down', 'done\nremaphore: error: x', 'done\n\\x72emaphore: error: x'],
    ['behind what a terminal wraps', `${' '.repeat(80)}remaphore: x`, `${' '.repeat(80)}\\x72emaphore: x`],
    ['with what shows nothing between its letters', 'r\u200demap\u034fhore: x', '\\x72\u200demap\u034fhore: x'],
  ])('does not look like a line of the program itself: %s', (_, text, shown) => {
    expect(escapeSent(text)).toBe(shown);
  });

  it('has the program’s name unchanged where it begins no line of its own', () => {
    expect(escapeSent('install remaphore, then remaphore -s')).toBe('install remaphore, then remaphore -s');
  });

  it('of a megabyte is escaped in time that grows with its length', () => {
    const text = `r${'\u034f'.repeat(500_000)}`.repeat(2);
    const startMs = performance.now();
    expect(escapeSent(text)).toBe(text);
    // Quadratic growth would take minutes.
    expect(performance.now() - startMs).toBeLessThan(5000);
  });
});
