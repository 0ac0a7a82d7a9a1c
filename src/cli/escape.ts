// What a peer sends can move the cursor, change the title or turn the text around. On a terminal it is shown, not
// obeyed: C0 and C1 controls, DEL, the characters that change the direction of text or end a line without being a
// newline, and those that show nothing at all. The joiners stay, which emoji and some alphabets are written with.

const DANGEROUS = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g;

/** How this program's own lines begin, also with what shows nothing between the letters. */
const OWN_WORDS = new RegExp([...'remaphore:'].join('[\\p{M}\\p{Cf}]*'), 'gu');

/**
 * A text with everything escaped that a terminal would obey; newlines and tabs stay.
 *
 * @param text any text, U+FFFD where bytes were not UTF-8
 */
export function escapeControls(text: string): string {
  return text.replace(DANGEROUS, (character) => {
    const code = character.charCodeAt(0);
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
  });
}

/**
 * The same for what a peer sent, which stands among this program's own lines: it cannot begin like one of them, not
 * even behind so much text that the terminal wraps it there.
 */
export function escapeSent(text: string): string {
  return escapeControls(text).replace(OWN_WORDS, (words) => `\\x72${words.slice(1)}`);
}

/** `escapeControls` for a text that must stay on one line. */
export function escapeLine(text: string): string {
  return escapeControls(text).replaceAll('\n', '\\n');
}

/** A JSON text that says the same and holds nothing that a terminal would obey. */
export function escapeJson(json: string): string {
  return json.replace(DANGEROUS, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
