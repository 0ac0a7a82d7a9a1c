import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type BarrierAct, encodeBarrierAct, MAX_PARTIES, parseBarrierAct } from '../../src/coordination/barrier-act.ts';
import {
  encodeLockAct,
  type LockAct,
  MAX_SLOTS,
  MAX_TTL_MS,
  MIN_TTL_MS,
  parseLockAct,
} from '../../src/coordination/lock-act.ts';
import { RecentHashes } from '../../src/coordination/recent-hashes.ts';

const SUBJECT = 'remaphore.lock.61';
const slots = fc.integer({ min: 1, max: MAX_SLOTS });
const ttlMs = fc.integer({ min: MIN_TTL_MS, max: MAX_TTL_MS });
const number = fc.integer({ min: 0, max: 999_999_999_999_999 });
const anyLockAct: fc.Arbitrary<LockAct> = fc.oneof(
  fc.record({ kind: fc.constant('claim' as const), slots, ttlMs }),
  fc.record({ kind: fc.constant('refresh' as const), claim: number, slots, ttlMs, claimedMs: number, heldMs: number }),
  fc.constant({ kind: 'release' as const }),
);
const anyBarrierAct: fc.Arbitrary<BarrierAct> = fc.oneof(
  fc.record({ kind: fc.constant('arrive' as const), parties: fc.integer({ min: 1, max: MAX_PARTIES }) }),
  fc.constant({ kind: 'leave' as const }),
  fc.record({ kind: fc.constant('pass' as const), round: number }),
);
const anySubject = fc.string({ minLength: 1 });

describe('an entry’s payload', () => {
  it('is read as it was written, for its own subject only', () => {
    fc.assert(
      fc.property(anyLockAct, anySubject, anySubject, (act, subject, other) => {
        const payload = encodeLockAct(act, subject);
        expect(parseLockAct(payload, subject)).toEqual(act);
        if (other !== subject) expect(parseLockAct(payload, other)).toBeUndefined();
        expect(parseBarrierAct(payload, subject)).toBeUndefined();
      }),
    );
    fc.assert(
      fc.property(anyBarrierAct, anySubject, (act, subject) => {
        const payload = encodeBarrierAct(act, subject);
        expect(parseBarrierAct(payload, subject)).toEqual(act);
        expect(parseLockAct(payload, subject)).toBeUndefined();
      }),
    );
  });

  it.each([
    'remaphore-lock-1,claim,0,30000',
    'remaphore-lock-1,claim,1,999',
    'remaphore-lock-1,claim,1,3600001',
    'remaphore-lock-1,claim,01,30000',
    'remaphore-lock-1,claim,+1,30000',
    'remaphore-lock-1,claim,1e0,30000',
    'remaphore-lock-1,claim,1',
    'remaphore-lock-1,claim,1,30000,1',
    'remaphore-lock-1,release,1',
    'remaphore-lock-1,refresh,1,1,30000,0',
    'remaphore-lock-1,refresh,9999999999999999,1,30000,0,0',
    'remaphore-lock-2,claim,1,30000',
    'remaphore-lock-1',
    '',
  ])('that is %j is none', (text) => {
    expect(parseLockAct(Buffer.from(`${text},${SUBJECT}`), SUBJECT)).toBeUndefined();
  });

  it('of any bytes is read or refused, and never thrown about', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(parseLockAct(bytes, SUBJECT)).toBeUndefined();
        expect(parseBarrierAct(bytes, SUBJECT)).toBeUndefined();
      }),
    );
  });
});

describe('the hashes of entries', () => {
  it('are known for as long as asked', () => {
    const hashes = new RecentHashes(10);
    expect(hashes.add('a', 0)).toBe(true);
    expect(hashes.add('b', 5)).toBe(true);
    expect(hashes.add('a', 10)).toBe(false);
    expect(hashes.add('a', 11)).toBe(true);
    expect(hashes.add('b', 15)).toBe(false);
  });
});
