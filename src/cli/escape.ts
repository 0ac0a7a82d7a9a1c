// What a peer sends can move the cursor, change the title or turn the text around. On a terminal it is shown, not
// obeyed: C0 and C1 controls, DEL, and the characters that change the direction of text.

const DANGEROUS = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

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

/** The same for a text that must stay on one line. */
export function escapeLine(text: string): string {
  return escapeControls(text).replaceAll('\n', '\\n');
}

/** A JSON text that says the same and holds nothing that a terminal would obey. */
export function escapeJson(json: string): string {
  return json.replace(DANGEROUS, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
