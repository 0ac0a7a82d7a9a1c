/** Characters of a key that are enough to find it in a list of peers. */
const SHOWN = 4;

/** The beginning of a key, as messages name it: `3v96…`. */
export function shortenKey(publicKey: string): string {
  return `${publicKey.slice(0, SHOWN)}…`;
}
