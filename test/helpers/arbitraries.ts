// What may stand in a message, for property tests.

import fc from 'fast-check';
import type { MessageContent } from '../../src/protocol/message.ts';

/** A text that may stand between two commas. */
const field = fc.string({ unit: 'grapheme', maxLength: 20 }).map((text) => text.replaceAll(',', ';'));

/** Any content that has a canonical form. */
export const anyContent: fc.Arbitrary<MessageContent> = fc.record({
  destination: field,
  timeNs: fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }),
  uuid: fc.uint8Array({ maxLength: 32 }),
  verb: field.filter((text) => text !== ''),
  wantsReply: fc.boolean(),
  payload: fc.uint8Array({ maxLength: 200 }),
});
