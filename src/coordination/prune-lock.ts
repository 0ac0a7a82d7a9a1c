import type { LockAct } from './lock-act.ts';
import type { Candidate } from './screen.ts';

/** What there is of one claim. */
interface Group {
  candidates: Candidate<LockAct>[];
  releases: Candidate<LockAct>[];
  /** the longest that it could still be alive, by the store's clock */
  untilMs: number;
}

/**
 * Leaves out the entries of claims that are certainly over: even if every one of their entries is valid the last is too
 * old, or a release is valid. Nearly all claims are over, and to verify their signatures would take most of the time.
 *
 * @param nowMs the store's time
 * @returns the others, in order
 */
export async function pruneLock(
  candidates: readonly Candidate<LockAct>[],
  nowMs: number,
  verify: (candidate: Candidate<LockAct>) => Promise<boolean>,
): Promise<Candidate<LockAct>[]> {
  const groups = new Map<string, Group>();
  for (const candidate of candidates) {
    const { act, storedMs } = candidate.entry;
    const key = groupKey(candidate);
    const group = groups.get(key) ?? { candidates: [], releases: [], untilMs: 0 };
    groups.set(key, group);
    group.candidates.push(candidate);
    if (act.kind === 'release') group.releases.push(candidate);
    else group.untilMs = Math.max(group.untilMs, storedMs + act.ttlMs);
  }
  const alive = new Set<string>();
  const check = async (key: string, { releases }: Group) => {
    for (const release of releases) if (await verify(release)) return;
    alive.add(key);
  };
  const recent = [...groups].filter(([, { untilMs }]) => untilMs >= nowMs);
  await Promise.all(recent.map(([key, group]) => check(key, group)));
  return candidates.filter((candidate) => alive.has(groupKey(candidate)));
}

/** The same for all entries that can be of one claim. */
function groupKey({ entry: { publicKey, uuid } }: Candidate<LockAct>): string {
  return `${publicKey},${uuid}`;
}
