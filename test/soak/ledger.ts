// What was sent, against what was received: each message is in one line of the ledger, and in one only.

import type { Outages } from './outages.ts';
import type { Attempt } from './traffic.ts';

/** A line: what became of some messages. */
export interface LedgerLine {
  kind: string;
  what: string;
  count: number;
  /** numbers of messages that must not be there */
  faults: readonly number[];
}

/** How often each number was received. */
export function countNumbers(lines: readonly string[]): Map<number, number> {
  const counts = new Map<number, number>();
  for (const line of lines) counts.set(Number(line), (counts.get(Number(line)) ?? 0) + 1);
  return counts;
}

/** Plain signals: each at most once, and lost only while the broker was away. */
export function accountPlain(sent: readonly Attempt[], received: Map<number, number>, outages: Outages): LedgerLine[] {
  const { of, line } = createLedger('signal', sent);
  const isThere = ({ number }: Attempt) => received.has(number);
  const failed = of(({ exitCode }) => exitCode !== 0);
  const taken = of(({ exitCode }) => exitCode === 0);
  const lost = taken.filter((attempt) => !isThere(attempt));
  const away = (attempt: Attempt) => outages.touch(attempt.fromMs, attempt.toMs);
  return [
    line('sent, and acted on', taken.filter(isThere)),
    line('sent while the broker went or came, and lost', lost.filter(away)),
    line(
      'sent and lost at any other time',
      lost.filter((attempt) => !away(attempt)),
      true,
    ),
    line('said not to be sent, of which some may have been', failed.filter(away)),
    line(
      'said not to be sent at any other time',
      failed.filter((attempt) => !away(attempt)),
      true,
    ),
    ...checkReceived('signal', sent, received, 1),
  ];
}

/** Kept signals: each at least once if it was said to be kept. */
export function accountKept(sent: readonly Attempt[], received: Map<number, number>, outages: Outages): LedgerLine[] {
  const { of, line } = createLedger('kept', sent);
  const isThere = ({ number }: Attempt) => received.has(number);
  const isLate = ({ stderr }: Attempt) => stderr.includes('the message is kept, but was stored');
  const kept = of(({ exitCode }) => exitCode === 0);
  const lost = kept.filter((attempt) => !isThere(attempt));
  const failed = of(({ exitCode }) => exitCode !== 0);
  const away = (attempt: Attempt) => outages.touch(attempt.fromMs, attempt.toMs);
  return [
    line('kept, and acted on', kept.filter(isThere)),
    line('said to be kept too late to be acted on', lost.filter(isLate)),
    line(
      'kept and lost',
      lost.filter((attempt) => !isLate(attempt)),
      true,
    ),
    line('said not to be kept, of which some may have been', failed.filter(away)),
    line(
      'said not to be kept at any other time',
      failed.filter((attempt) => !away(attempt)),
      true,
    ),
    ...checkReceived('kept', sent, received, Number.POSITIVE_INFINITY),
    {
      kind: 'kept',
      what: 'run again after the broker had forgotten that they were done',
      count: repeats(received),
      faults: outages.count > 0 ? [] : [...received].filter(([, count]) => count > 1).map(([number]) => number),
    },
  ];
}

/** Requests: each gets its own answer, or none while the broker was away. */
export function accountAsked(asked: readonly Attempt[], received: Map<number, number>, outages: Outages): LedgerLine[] {
  const { of, line } = createLedger('request', asked);
  const isAnswered = ({ number, exitCode, stdout }: Attempt) =>
    exitCode === 0 && stdout === `com.example.listener,0,answer to ${number}\n`;
  const rest = of((attempt) => !isAnswered(attempt));
  const away = (attempt: Attempt) => outages.touch(attempt.fromMs, attempt.toMs);
  const isSilent = ({ stdout }: Attempt) => stdout === '';
  return [
    line('answered', of(isAnswered)),
    line(
      'not answered while the broker went or came',
      rest.filter((attempt) => away(attempt) && isSilent(attempt)),
    ),
    line(
      'not answered at any other time',
      rest.filter((attempt) => !away(attempt) && isSilent(attempt)),
      true,
    ),
    line(
      'answered wrongly',
      rest.filter((attempt) => !isSilent(attempt)),
      true,
    ),
    ...checkReceived('request', asked, received, 1),
  ];
}

function createLedger(kind: string, sent: readonly Attempt[]) {
  return {
    of: (holds: (attempt: Attempt) => boolean) => sent.filter(holds),
    line: (what: string, attempts: readonly Attempt[], isFault = false): LedgerLine => ({
      kind,
      what,
      count: attempts.length,
      faults: isFault ? attempts.map(({ number }) => number) : [],
    }),
  };
}

function checkReceived(
  kind: string,
  sent: readonly Attempt[],
  received: Map<number, number>,
  most: number,
): LedgerLine[] {
  const numbers = [...received.keys()];
  const unknown = numbers.filter((number) => !(number >= 1 && number <= sent.length));
  const often = numbers.filter((number) => (received.get(number) as number) > most);
  return [
    { kind, what: 'received and never sent', count: unknown.length, faults: unknown },
    ...(most === 1 ? [{ kind, what: 'acted on twice', count: often.length, faults: often }] : []),
  ];
}

function repeats(received: Map<number, number>): number {
  return [...received.values()].reduce((sum, count) => sum + count - 1, 0);
}
