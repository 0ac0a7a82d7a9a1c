import { decodeUtf8 } from '../protocol/utf8.ts';

/** Bytes that one argument or environment variable can have on Linux, its end included (MAX_ARG_STRLEN, execve(2)). */
const MAX_ARGUMENT_BYTES = 128 * 1024;

/** The environment variable that a script finds the payload in. */
export const PAYLOAD_VARIABLE = 'REMAPHORE_MSG';

/**
 * A payload as the argument of a script, unchanged.
 *
 * @returns the text; or why the payload cannot be an argument, in a clause
 */
export function decodeArgument(payload: Uint8Array): { text: string } | { fault: string } {
  const room = MAX_ARGUMENT_BYTES - `${PAYLOAD_VARIABLE}=`.length - 1;
  if (payload.length > room) {
    return { fault: `the payload has ${payload.length} bytes and an argument ${room} at most` };
  }
  if (payload.includes(0)) return { fault: 'the payload holds a NUL byte, which an argument cannot' };
  const text = decodeUtf8(payload);
  if (text === undefined) return { fault: 'the payload is not UTF-8, which an argument must be to arrive unchanged' };
  return { text };
}
