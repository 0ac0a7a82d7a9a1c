// A pattern is matched segment by segment. `*` inside a segment stands for any run of characters, one `*` a segment
// at most; `**` as the whole last segment stands for one or more further segments. What is neither never matches.

import { EVERY_DESTINATION } from './constants.ts';

/** Whether a message with this pattern is for the node of this name. Never throws, whatever the texts. */
export function matchDestination(pattern: string, destination: string): boolean {
  if (destination.includes('*')) return false;
  if (pattern === EVERY_DESTINATION) return true;
  // Segment by segment, and no further than they match: to take a hostile pattern apart first would cost far more.
  for (let wantedAt = 0, givenAt = 0; ; ) {
    const [wantedEnd, givenEnd] = [endOfSegment(pattern, wantedAt), endOfSegment(destination, givenAt)];
    const wanted = pattern.slice(wantedAt, wantedEnd);
    const [isLastWanted, isLastGiven] = [wantedEnd === pattern.length, givenEnd === destination.length];
    if (isLastWanted && wanted === '**') return true;
    if (isLastWanted !== isLastGiven || !matchSegment(wanted, destination.slice(givenAt, givenEnd))) return false;
    if (isLastWanted) return true;
    wantedAt = wantedEnd + 1;
    givenAt = givenEnd + 1;
  }
}

function endOfSegment(text: string, start: number): number {
  const dot = text.indexOf('.', start);
  return dot === -1 ? text.length : dot;
}

function matchSegment(wanted: string, given: string): boolean {
  const star = wanted.indexOf('*');
  if (star === -1) return wanted === given;
  if (wanted.indexOf('*', star + 1) !== -1) return false;
  // The two ends may not overlap: `ab*ba` is not `aba`.
  if (given.length < wanted.length - 1) return false;
  return given.startsWith(wanted.slice(0, star)) && given.endsWith(wanted.slice(star + 1));
}

/**
 * What is wrong with a pattern to send to, if anything.
 *
 * @returns one clause, or undefined when the pattern can match a destination
 */
export function findPatternFault(pattern: string): string | undefined {
  if (pattern === '') return 'a destination cannot be empty';
  const fault = findTextFault(pattern);
  if (fault !== undefined) return fault;
  const segments = pattern.split('.');
  for (const [i, segment] of segments.entries()) {
    if (segment === '**' && i === segments.length - 1) continue;
    if (segment === '**') return '** stands for the rest and can only be the last segment';
    if (segment.includes('**')) return '** must be a whole segment, the last one';
    if (segment.split('*').length > 2) return 'a segment can hold one * at most';
  }
  return undefined;
}

/**
 * What is wrong with a node's own name, if anything.
 *
 * @returns one clause, or undefined when the name is good
 */
export function findDestinationFault(destination: string): string | undefined {
  // Nearly all are like this, and there may be thousands.
  if (/^[A-Za-z0-9._-]+$/.test(destination)) return undefined;
  if (destination === '') return 'a destination cannot be empty';
  if (destination.includes('*')) return 'a node is named without *; only patterns to send to have one';
  return findTextFault(destination);
}

function findTextFault(text: string): string | undefined {
  if (text.includes(',')) return 'a destination cannot hold a comma';
  if (/[\s\0-\x1f\x7f-\x9f]/.test(text)) return 'a destination cannot hold white space or control characters';
  return undefined;
}
