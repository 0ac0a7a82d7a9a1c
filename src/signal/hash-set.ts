// Which hashes there were, for millions of them: only the first 64 bits of each are kept, in typed arrays, which takes a
// fifth of what a Set of texts does. What comes in has passed every check, so to make one message pass for another somebody
// who is trusted would have to find a second one of 2^64; by chance a million have one such pair in 4 × 10^7 tries.

/** The first byte of a hash picks the table, so that only a small one is copied at a time to grow. */
const TABLES = 256;
const FIRST_PLACES = 16;
/** So full a table may be; in a fuller one the way to a free place is long. */
const MAX_FILLED = 0.75;

/** An open-addressing table: two words for each place, both 0 where it is empty. */
interface Table {
  words: Uint32Array;
  size: number;
}

/** A set of hashes, by their first 64 bits. */
export class HashSet {
  readonly #tables: (Table | undefined)[] = new Array(TABLES).fill(undefined);
  #size = 0;

  /** how many hashes it holds */
  get size(): number {
    return this.#size;
  }

  /** what its tables take */
  get sizeBytes(): number {
    return this.#tables.reduce((sum, table) => sum + (table?.words.byteLength ?? 0), 0);
  }

  /** @param hash 8 bytes or more */
  has(hash: Uint8Array): boolean {
    const table = this.#tables[hash[0] as number];
    if (table === undefined) return false;
    const [low, high] = readWords(hash);
    const at = find(table.words, low, high);
    return table.words[at] !== 0 || table.words[at + 1] !== 0;
  }

  /**
   * Adds a hash.
   *
   * @param hash 8 bytes or more
   * @returns whether it was not there
   */
  add(hash: Uint8Array): boolean {
    const first = hash[0] as number;
    const table = this.#tables[first] ?? { words: new Uint32Array(FIRST_PLACES * 2), size: 0 };
    this.#tables[first] = table;
    const [low, high] = readWords(hash);
    const at = find(table.words, low, high);
    if (table.words[at] !== 0 || table.words[at + 1] !== 0) return false;
    table.words[at] = low;
    table.words[at + 1] = high;
    table.size++;
    this.#size++;
    if (table.size > (table.words.length / 2) * MAX_FILLED) table.words = grow(table.words);
    return true;
  }
}

/** The first 64 bits as two words that are not both 0, which is what an empty place has. */
function readWords(hash: Uint8Array): [low: number, high: number] {
  const low = readWord(hash, 0);
  const high = readWord(hash, 4);
  return low === 0 && high === 0 ? [0, 1] : [low, high];
}

function readWord(bytes: Uint8Array, at: number): number {
  const [a = 0, b = 0, c = 0, d = 0] = [bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]];
  return (a | (b << 8) | (c << 16) | (d << 24)) >>> 0;
}

/** Where two words are, or the empty place where they would be. */
function find(words: Uint32Array, low: number, high: number): number {
  const mask = words.length - 1;
  // What a hash begins with is as good as random; the first byte is the same for all in a table.
  let at = (high * 2) & mask;
  while ((words[at] !== 0 || words[at + 1] !== 0) && (words[at] !== low || words[at + 1] !== high)) {
    at = (at + 2) & mask;
  }
  return at;
}

/** The same in a table of twice as many places. */
function grow(words: Uint32Array): Uint32Array {
  const grown = new Uint32Array(words.length * 2);
  for (let from = 0; from < words.length; from += 2) {
    const [low = 0, high = 0] = [words[from], words[from + 1]];
    if (low === 0 && high === 0) continue;
    const at = find(grown, low, high);
    grown[at] = low;
    grown[at + 1] = high;
  }
  return grown;
}
