import { ProtocolError } from '../../src/protocol/errors.ts';
import { parseMessage, verifyMessage } from '../../src/protocol/message.ts';

/** Whether the bytes are taken for a message: canonical and validly signed. */
export async function isTaken(bytes: Uint8Array): Promise<boolean> {
  try {
    return await verifyMessage(parseMessage(bytes));
  } catch (error) {
    if (error instanceof ProtocolError) return false;
    throw error;
  }
}
