import type { Refusal } from '../signal/acceptance.ts';
import type { DurableMessage } from '../signal/durable-message.ts';
import type { ReceivedMessage } from '../signal/receive-plan.ts';

/** Messages as they come, and what there is to say of those that were not acted on. */
export interface Incoming extends AsyncIterable<ReceivedMessage> {
  readonly refused: ReadonlyMap<Refusal, number>;
  /** accepted messages that are lost with the receiver */
  readonly waiting: number;
}

/** Whether a message comes again unless it is said that it is done. */
export function isDurable(message: ReceivedMessage): message is DurableMessage {
  return 'giveBack' in message;
}
