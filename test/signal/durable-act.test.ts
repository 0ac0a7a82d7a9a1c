import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type DurableAct, encodeDurableAct, parseDurableAct } from '../../src/signal/durable-act.ts';

const SUBJECT = 'net,work.durable.6162.failed';
const HASH = 'ab'.repeat(32);
const place = fc.integer({ min: 1, max: 1e15 - 1 });
const hash = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes).toString('hex'));
const act = fc.oneof(
  fc.record({ kind: fc.constant('failed' as const), seq: place, hash, attempts: place, exitCode: fc.integer() }),
  fc.record({ kind: fc.constant('retry' as const), seq: place, hash, failedSeq: place }),
  fc.record({ kind: fc.constant('done' as const), seq: place, hash }),
) as fc.Arbitrary<DurableAct>;

describe('what is said of a message of a durable consumer', () => {
  it('is read as it was written, on this subject and no other', () => {
    fc.assert(
      fc.property(act, (one) => {
        const payload = encodeDurableAct(one, SUBJECT);
        expect(parseDurableAct(payload, SUBJECT)).toEqual(one);
        expect(parseDurableAct(payload, `x${SUBJECT}`)).toBeUndefined();
        expect(parseDurableAct(payload, SUBJECT.slice(1))).toBeUndefined();
      }),
    );
  });

  it.each([
    '',
    `remaphore-durable-1,${SUBJECT}`,
    `remaphore-durable-1,done,1,${SUBJECT}`,
    `remaphore-durable-1,done,0,${HASH},${SUBJECT}`,
    `remaphore-durable-1,done,-1,${HASH},${SUBJECT}`,
    `remaphore-durable-1,done,01,${HASH},${SUBJECT}`,
    `remaphore-durable-1,done,1,${HASH.toUpperCase()},${SUBJECT}`,
    `remaphore-durable-1,done,1,${HASH},1,${SUBJECT}`,
    `remaphore-durable-1,failed,1,${HASH},1,${SUBJECT}`,
    `remaphore-durable-1,failed,1,${HASH},1,+3,${SUBJECT}`,
    `remaphore-durable-1,retry,1,${HASH},1e3,${SUBJECT}`,
    `remaphore-durable-2,done,1,${HASH},${SUBJECT}`,
    `remaphore-durable-1,other,1,${HASH},${SUBJECT}`,
  ])('is nothing else: %j', (text) => {
    expect(parseDurableAct(Buffer.from(text), SUBJECT)).toBeUndefined();
  });

  it('is text', () => {
    const bytes = Buffer.concat([encodeDurableAct({ kind: 'done', seq: 1, hash: HASH }, SUBJECT), Buffer.from([0xff])]);
    expect(parseDurableAct(bytes, SUBJECT)).toBeUndefined();
  });
});
