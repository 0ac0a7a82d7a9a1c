import { parseDuration } from '../../../src/config/duration.ts';
import { DURATIONS } from '../../helpers/vectors.ts';
import { readDurationSlowly } from '../second-opinion.ts';
import { promise, type Target } from '../target.ts';

/** A duration, from a command line or a configuration. */
export const durationTarget: Target<bigint | undefined> = {
  name: 'duration',
  seeds: () => DURATIONS.map(({ Text }) => Buffer.from(Text)),
  words: [
    'ns',
    'us',
    '\xc2\xb5s',
    '\xce\xbcs',
    'ms',
    's',
    'm',
    'h',
    'd',
    '.',
    '-',
    '+',
    '0',
    '1',
    '9223372036854775807',
  ],
  maxBytes: 512,
  limitMs: 1,
  parse: (input) => parseDuration(input.toString('utf8'), { days: true }),
  isExpected: () => false,
  check: (input, { result }) => {
    const text = input.toString('utf8');
    promise(result === readDurationSlowly(text), `the second opinion differs: ${readDurationSlowly(text)}`);
    if (result !== undefined) promise(parseDuration(`${result}ns`) === result, 'it does not come back from its text');
    const inConfig = parseDuration(text);
    promise(inConfig === (text.includes('d') ? undefined : result), 'days are not what differs in configurations');
  },
  long: {
    digits: (size) => '9'.repeat(size),
    'digits with a unit': (size) => `${'9'.repeat(size)}h`,
    'zeros with a unit': (size) => `${'0'.repeat(size)}1s`,
    decimals: (size) => `0.${'9'.repeat(size)}s`,
    parts: (size) => '0h'.repeat(size / 2),
    signs: (size) => '-'.repeat(size),
  },
};
