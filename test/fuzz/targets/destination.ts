import { findDestinationFault, findPatternFault, matchDestination } from '../../../src/protocol/destination.ts';
import { DESTINATIONS } from '../../helpers/vectors.ts';
import { matchSlowly } from '../second-opinion.ts';
import { promise, type Target } from '../target.ts';

const OWN = 'com.crypto.us.left';

/** The pattern, and behind the first newline the destination. */
function split(input: Buffer): [pattern: string, destination: string] {
  const text = input.toString('utf8');
  const newline = text.indexOf('\n');
  return newline === -1 ? [text, OWN] : [text.slice(0, newline), text.slice(newline + 1)];
}

/** A pattern from the network, and the name of a host. */
export const destinationTarget: Target<boolean> = {
  name: 'destination',
  seeds: () => DESTINATIONS.map(({ Pattern, Destination }) => Buffer.from(`${Pattern}\n${Destination}`)),
  words: ['*', '**', '.', '..', '.**', '*.', 'com', 'ab*ba', '\n', ',', ' ', '\xc3\xbc', '\xf0\x9f\x94\x92'],
  maxBytes: 2048,
  limitMs: 1,
  parse: (input) => {
    const [pattern, destination] = split(input);
    findPatternFault(pattern);
    findDestinationFault(destination);
    return matchDestination(pattern, destination);
  },
  isExpected: () => false,
  check: (input, { result }) => {
    const [pattern, destination] = split(input);
    promise(result === matchSlowly(pattern, destination), `the second opinion differs: ${!result}`);
    const isGood = findPatternFault(pattern) === undefined && findDestinationFault(destination) === undefined;
    if (isGood && pattern === destination) promise(result === true, 'a name does not reach itself');
  },
  long: {
    'a long pattern': (size) => 'a'.repeat(size),
    dots: (size) => 'a.'.repeat(size / 2),
    stars: (size) => '*'.repeat(size),
    'segments of stars': (size) => '*.'.repeat(size / 2),
    'a long name': (size) => `**\n${'a.'.repeat(size / 2)}`,
    'both long and alike': (size) => `${'*.'.repeat(size / 4)}\n${'a.'.repeat(size / 4)}`,
    'both in one segment': (size) => `${'a'.repeat(size / 2)}*b\n${'a'.repeat(size / 2)}`,
  },
};
