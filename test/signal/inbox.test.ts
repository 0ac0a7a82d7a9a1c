import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { Inbox } from '../../src/signal/inbox.ts';

async function takeAll<T>(inbox: Inbox<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of inbox) items.push(item);
  return items;
}

describe('an inbox', () => {
  it('hands items out in order, those that came before and those that come while waiting', async () => {
    const inbox = new Inbox<number>();
    inbox.push(1);
    const all = takeAll(inbox);
    inbox.push(2);
    await nextTurn();
    inbox.push(3);
    await nextTurn();
    inbox.end();
    expect(await all).toEqual([1, 2, 3]);
  });

  it('knows how many were not taken', async () => {
    const inbox = new Inbox<number>();
    for (const item of [1, 2, 3]) inbox.push(item);
    await inbox.next();
    expect(inbox.size).toBe(2);
  });

  it('hands out what is there before it ends', async () => {
    const inbox = new Inbox<number>();
    inbox.push(1);
    inbox.end();
    expect(await takeAll(inbox)).toEqual([1]);
  });

  it('takes nothing more once it has ended', async () => {
    const inbox = new Inbox<number>();
    inbox.end();
    inbox.push(1);
    expect(inbox.size).toBe(0);
    expect(await takeAll(inbox)).toEqual([]);
  });

  it('hands out what is there before it throws the error that ended it, which it does once', async () => {
    const inbox = new Inbox<number>();
    inbox.push(1);
    inbox.end(new Error('lost'));
    expect(await inbox.next()).toEqual({ done: false, value: 1 });
    await expect(inbox.next()).rejects.toThrow('lost');
    expect(await inbox.next()).toMatchObject({ done: true });
  });

  it('throws the error to a consumer that is waiting', async () => {
    const inbox = new Inbox<number>();
    const next = inbox.next();
    inbox.end(new Error('lost'));
    await expect(next).rejects.toThrow('lost');
  });

  it('keeps to the first end', async () => {
    const inbox = new Inbox<number>();
    inbox.end();
    inbox.end(new Error('too late'));
    expect(await takeAll(inbox)).toEqual([]);
  });

  it('hands out nothing more once its consumer has left', async () => {
    const inbox = new Inbox<number>();
    for (const item of [1, 2, 3]) inbox.push(item);
    await inbox.return();
    expect(await takeAll(inbox)).toEqual([]);
  });

  it('serves several takers that wait at once, each in its turn', async () => {
    const inbox = new Inbox<number>();
    const taken = [inbox.next(), inbox.next(), inbox.next()];
    inbox.push(1);
    inbox.push(2);
    inbox.end();
    expect((await Promise.all(taken)).map(({ value }) => value)).toEqual([1, 2, undefined]);
  });

  it('says when its consumer leaves early', async () => {
    let left = 0;
    const inbox = new Inbox<number>(() => left++);
    inbox.push(1);
    inbox.push(2);
    for await (const _ of inbox) break;
    expect(left).toBe(1);
    expect(inbox.ended).toBe(true);
    expect(inbox.size).toBe(0);
  });

  it('does not say so when it ended by itself', async () => {
    let left = 0;
    const inbox = new Inbox<number>(() => left++);
    inbox.end();
    await takeAll(inbox);
    expect(left).toBe(0);
  });
});
