// Field nodes lower the case of the verbs in their configuration and then compare exactly, so a verb travels in
// lower case. What arrives is compared without regard to ASCII case only: to fold more would let a verb in
// another alphabet pass for one that was granted.

const ASCII_A = 0x41;
const ASCII_Z = 0x5a;
/** what a letter in lower case has more */
const ASCII_LOWER = 0x20;

/** The form a verb is configured and sent in: lower case, one character for one, as field nodes have it. */
export function normalizeVerb(text: string): string {
  return Array.from(text, (character) => Array.from(character.toLowerCase())[0]).join('');
}

/** A received verb with ASCII letters in lower case, everything else as it came. */
export function foldVerb(text: string): string {
  if (!/[A-Z]/.test(text)) return text;
  if (/^[\0-\x7f]*$/.test(text)) return text.toLowerCase();
  // As bytes, since a letter at a time takes a tenth of a second for a hostile verb of a megabyte.
  const bytes = Buffer.from(text, 'utf8');
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i] as number;
    if (byte >= ASCII_A && byte <= ASCII_Z) bytes[i] = byte | ASCII_LOWER;
  }
  return bytes.toString('utf8');
}

/** What an identity or a peer may use: the verbs by name, or `*` for any. */
export type Verbs = readonly string[];

/** Whether a verb is among those granted. */
export function isVerbGranted(granted: Verbs, verb: string): boolean {
  return granted.includes('*') || granted.includes(verb);
}
