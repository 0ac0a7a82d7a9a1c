import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Queue } from '../../src/signal/queue.ts';

describe('a queue', () => {
  it('gives its items in the order in which it got them, like an array, whatever is done in between', () => {
    const step = fc.oneof(
      fc.record({ do: fc.constant('push' as const), times: fc.nat(3000) }),
      fc.record({ do: fc.constant('shift' as const), times: fc.nat(3000) }),
      fc.record({ do: fc.constant('clear' as const), times: fc.constant(1) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
        const queue = new Queue<number>();
        const model: number[] = [];
        let next = 0;
        for (const { do: what, times } of steps) {
          if (what === 'clear') {
            queue.clear();
            model.length = 0;
          } else if (what === 'push') {
            for (let i = 0; i < times; i++) model.push(next++);
            for (const item of model.slice(model.length - times)) queue.push(item);
          } else {
            const taken = Array.from({ length: times }, () => queue.shift());
            expect(taken.filter((item) => item !== undefined)).toEqual(model.splice(0, times));
          }
          expect(queue.size).toBe(model.length);
          expect([queue.at(0), queue.at(7), queue.at(model.length)]).toEqual([model[0], model[7], undefined]);
        }
      }),
    );
  });
});
