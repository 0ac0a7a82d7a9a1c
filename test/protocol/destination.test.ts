import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findDestinationFault, findPatternFault, matchDestination } from '../../src/protocol/destination.ts';
import { DESTINATIONS } from '../helpers/vectors.ts';

/** Field nodes let the two ends of a pattern overlap; ours must not. */
const isOverlap = ({ Pattern, Destination }: { Pattern: string; Destination: string }) =>
  Pattern === 'ab*ba' && Destination === 'aba';

describe('the vectors', () => {
  const agreed = DESTINATIONS.filter((vector) => !vector.OriginalPanics && !isOverlap(vector));
  const crashes = DESTINATIONS.filter(({ OriginalPanics }) => OriginalPanics);

  it.each(agreed)('"$Pattern" for "$Destination": $Match', ({ Pattern, Destination, Match }) => {
    expect(matchDestination(Pattern, Destination)).toBe(Match);
  });

  it.each(crashes)('"$Pattern", on which field nodes crash, is not for "$Destination"', ({ Pattern, Destination }) => {
    expect(matchDestination(Pattern, Destination)).toBe(false);
  });

  it('hold one match that is a mistake: ab*ba does not match aba', () => {
    const overlaps = DESTINATIONS.filter(isOverlap);
    expect(overlaps).toMatchObject([{ Match: true }]);
    expect(matchDestination('ab*ba', 'aba')).toBe(false);
  });

  it('are all accounted for', () => {
    expect(agreed.length + crashes.length + 1).toBe(DESTINATIONS.length);
  });
});

describe('a pattern', () => {
  const segment = fc.stringMatching(/^[a-z]{1,4}$/);
  const name = fc.array(segment, { minLength: 1, maxLength: 5 });

  it('without * is for the node of exactly this name', () => {
    fc.assert(
      fc.property(name, name, (a, b) => {
        expect(matchDestination(a.join('.'), a.join('.'))).toBe(true);
        expect(matchDestination(a.join('.'), b.join('.'))).toBe(a.join('.') === b.join('.'));
      }),
    );
  });

  it('** is for every node', () => {
    fc.assert(fc.property(name, (segments) => matchDestination('**', segments.join('.'))));
  });

  it('that ends in ** is for one further segment or more', () => {
    fc.assert(
      fc.property(name, name, (start, rest) => {
        const pattern = `${start.join('.')}.**`;
        expect(matchDestination(pattern, [...start, ...rest].join('.'))).toBe(true);
        expect(matchDestination(pattern, start.join('.'))).toBe(false);
      }),
    );
  });

  it('with a * in a segment is for any run of characters there, also none', () => {
    fc.assert(
      fc.property(segment, fc.stringMatching(/^[a-z]{0,4}$/), segment, (start, middle, end) => {
        expect(matchDestination(`x.${start}*${end}.y`, `x.${start}${middle}${end}.y`)).toBe(true);
      }),
    );
  });

  it('does not reach across a dot with one *', () => {
    expect(matchDestination('com.*', 'com.a.b')).toBe(false);
    expect(matchDestination('c*b', 'c.b')).toBe(false);
  });

  it('does not match a destination that itself has a *', () => {
    for (const pattern of ['**', '*', 'a*', 'a*b']) expect(matchDestination(pattern, 'a*b')).toBe(false);
  });

  it('is compared with regard to case', () => {
    expect(matchDestination('COM.**', 'com.x')).toBe(false);
  });

  it('of any text never throws, nor takes long', () => {
    const text = fc.string({ unit: fc.constantFrom('*', '.', 'a', 'b', '**'), maxLength: 40 });
    fc.assert(fc.property(text, text, (a, b) => typeof matchDestination(a, b) === 'boolean'));
    expect(matchDestination('*.'.repeat(50_000), 'a.'.repeat(50_000))).toBe(true);
  });

  it('that can be sent matches something; one that cannot is refused', () => {
    const text = fc.string({ unit: fc.constantFrom('*', '.', 'a', 'b'), minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(text, (pattern) => {
        const candidate = pattern.replaceAll('*', '');
        const matched = matchDestination(pattern, candidate) || matchDestination(pattern, `${candidate}x`);
        expect(matched).toBe(findPatternFault(pattern) === undefined);
      }),
    );
  });
});

describe('a pattern to send to', () => {
  it.each(['**', '*', 'com', 'com.**', 'com.*.us', 'c*m.crypto.**', 'a*b.*c.d*', 'com.crypto.us-1_x.RIGHT', 'ü.**'])(
    'can be %s',
    (pattern) => {
      expect(findPatternFault(pattern)).toBeUndefined();
    },
  );

  it.each([
    ['', /empty/],
    ['a,b', /comma/],
    ['a*b*c', /one \*/],
    ['com.*a*', /one \*/],
    ['**.com', /last segment/],
    ['com.**.left', /last segment/],
    ['**.**', /last segment/],
    ['com.a**', /whole segment/],
    ['com.**x', /whole segment/],
    ['com.***', /whole segment/],
    ['com left', /white space/],
    ['com.left\n', /white space/],
    ['com\u0000', /control/],
    ['com\u001b[2J', /control/],
  ])('cannot be %j', (pattern, reason) => {
    expect(findPatternFault(pattern)).toMatch(reason);
  });
});

describe('a node’s own name', () => {
  it.each(['com', 'com.crypto.us.left', 'com.crypto.us-1_x.RIGHT'])('can be %s', (name) => {
    expect(findDestinationFault(name)).toBeUndefined();
  });

  it.each([
    ['', /empty/],
    ['**', /\*/],
    ['com.*', /\*/],
    ['a,b', /comma/],
    ['a b', /white space/],
    ['a\t', /white space/],
  ])('cannot be %j', (name, reason) => {
    expect(findDestinationFault(name)).toMatch(reason);
  });
});
