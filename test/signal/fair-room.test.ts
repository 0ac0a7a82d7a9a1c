import { describe, expect, it } from 'vitest';
import { FairRoom } from '../../src/signal/fair-room.ts';

/** How many items an owner gets in. */
function fill(room: FairRoom, owner: string, sizeBytes = 1): number {
  let taken = 0;
  while (taken < 10_000 && room.take(owner, sizeBytes)) taken++;
  return taken;
}

describe('a room that is shared', () => {
  it('is filled to a half by one owner, and two leave a third of it to others', () => {
    const room = new FairRoom(1200, 1_000_000);
    expect(fill(room, 'a')).toBe(600);
    expect(room.take('a', 1)).toBe(false);
    expect(fill(room, 'b')).toBe(300);
    for (let i = 0; i < 200; i++) {
      room.give('a', 1);
      fill(room, 'b');
    }
    expect(1200 - room.items).toBeGreaterThanOrEqual(400);
    expect(room.take('honest', 1)).toBe(true);
  });

  it('has no room for anybody when it is full', () => {
    const room = new FairRoom(2, 100);
    expect(['a', 'b', 'c'].map((owner) => room.take(owner, 1))).toEqual([true, true, false]);
    room.give('a', 1);
    expect(room.take('c', 1)).toBe(true);
  });

  it('shares the bytes the same way', () => {
    const room = new FairRoom(1000, 100);
    expect(fill(room, 'a', 10)).toBe(5);
    expect(room.take('b', 10)).toBe(true);
    expect(room.take('a', 1)).toBe(false);
    room.give('a', 10);
    expect(room.take('a', 10)).toBe(true);
    expect(room.take('a', 10)).toBe(false);
  });

  it('has room for one item that is larger than all of it, also beside a flood in another name, and for no second one', () => {
    const room = new FairRoom(1000, 100);
    fill(room, 'flooded', 10);
    expect(room.take('honest', 5000)).toBe(true);
    expect(room.take('another', 5000)).toBe(false);
    room.give('honest', 5000);
    expect(room.take('another', 5000)).toBe(true);
  });

  it('knows what it holds', () => {
    const room = new FairRoom(10, 10);
    room.take('a', 1);
    room.take('a', 1);
    room.take('b', 1);
    room.give('a', 1);
    expect(room.items).toBe(2);
  });
});
