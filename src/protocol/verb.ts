// Field nodes lower the case of the verbs in their configuration and then compare exactly, so a verb travels in
// lower case. What arrives is compared without regard to ASCII case only: to fold more would let a verb in
// another alphabet pass for one that was granted.

/** The form a verb is configured and sent in: lower case, one character for one, as field nodes have it. */
export function normalizeVerb(text: string): string {
  return Array.from(text, (character) => Array.from(character.toLowerCase())[0]).join('');
}

/** A received verb with ASCII letters in lower case, everything else as it came. */
export function foldVerb(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

/** What an identity or a peer may use: the verbs by name, or `*` for any. */
export type Verbs = readonly string[];

/** Whether a verb is among those granted. */
export function isVerbGranted(granted: Verbs, verb: string): boolean {
  return granted.includes('*') || granted.includes(verb);
}
