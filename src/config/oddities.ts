import type { Where } from './errors.ts';
import type { RawConfig } from './raw.ts';
import { findResembling } from './resembling.ts';
import { showName } from './showing.ts';

/** Something odd that does not prevent the use of a configuration. */
export interface Oddity {
  where: Where;
  /** what is odd, a clause; never holds a key */
  message: string;
  /** what to do about it, a clause */
  advice: string;
}

/** What has no effect where it stands: unknown keys and sections, and keys that are given again. */
export function findOddities(raw: RawConfig): Oddity[] {
  const oddities: Oddity[] = [];
  for (const { text, where, known } of raw.unknown) {
    const meant = findResembling(text.toLowerCase(), known);
    const what = text.startsWith('[') ? 'section' : 'key';
    const name = `unknown ${what} ${showName(text)}${meant ? ` (${meant}?)` : ''}`;
    const advice = meant ? `write ${meant}, or remove it` : 'remove it';
    oddities.push({ where, message: `${name} has no effect`, advice });
  }
  for (const [key, values] of raw.values) {
    if (key === 'server' || values.length === 1) continue;
    const advice = `remove the other ${values.length === 2 ? 'line' : 'lines'} with ${key}`;
    oddities.push({ where: values.at(-1)?.where, message: `${key} is given again; this one counts`, advice });
  }
  return oddities;
}
