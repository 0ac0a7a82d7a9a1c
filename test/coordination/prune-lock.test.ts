import { describe, expect, it } from 'vitest';
import type { LockAct } from '../../src/coordination/lock-act.ts';
import { pruneLock } from '../../src/coordination/prune-lock.ts';
import type { Candidate } from '../../src/coordination/screen.ts';

const claim: LockAct = { kind: 'claim', slots: 1, ttlMs: 1000 };
const refresh = (of: number): LockAct => ({
  kind: 'refresh',
  claim: of,
  slots: 1,
  ttlMs: 1000,
  claimedMs: 0,
  heldMs: 0,
});
const release: LockAct = { kind: 'release' };

function candidate(seq: number, storedMs: number, uuid: string, act: LockAct, publicKey = 'key'): Candidate<LockAct> {
  const entry = { seq, storedMs, publicKey, party: 'a', uuid, act };
  return { entry, hash: `${seq}` } as unknown as Candidate<LockAct>;
}

/** Prunes at a time, and tells which entries are left and which signatures were verified. */
async function prune(candidates: Candidate<LockAct>[], nowMs: number, forged: number[] = []) {
  const verified: number[] = [];
  const rest = await pruneLock(candidates, nowMs, async ({ entry: { seq } }) => {
    verified.push(seq);
    return !forged.includes(seq);
  });
  return { left: rest.map(({ entry: { seq } }) => seq), verified };
}

describe('before signatures are verified', () => {
  it('what must have ended for want of a refresh is left out, unverified', async () => {
    const all = [candidate(1, 0, 'a', claim), candidate(2, 900, 'a', refresh(1)), candidate(3, 1000, 'b', claim)];
    expect(await prune(all, 1900)).toEqual({ left: [1, 2, 3], verified: [] });
    expect(await prune(all, 1901)).toEqual({ left: [3], verified: [] });
  });

  it('what was given back is left out for the release’s signature alone', async () => {
    const all = [candidate(1, 0, 'a', claim), candidate(2, 100, 'a', refresh(1)), candidate(3, 200, 'a', release)];
    expect(await prune(all, 300)).toEqual({ left: [], verified: [3] });
  });

  it('what was not given back by its holder is left in', async () => {
    const all = [candidate(1, 0, 'a', claim), candidate(2, 100, 'a', release)];
    expect(await prune(all, 300, [2])).toEqual({ left: [1, 2], verified: [2] });
    const other = [candidate(1, 0, 'a', claim), candidate(2, 100, 'a', release, 'other')];
    expect((await prune(other, 300)).left).toEqual([1]);
  });
});
