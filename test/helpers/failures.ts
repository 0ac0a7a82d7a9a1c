// Errors as tests expect them: the family and the code. To be given to toThrow.

import { expect } from 'vitest';
import type { ConfigErrorCode } from '../../src/config/errors.ts';
import type { ProtocolErrorCode } from '../../src/protocol/errors.ts';
import type { UsageErrorCode } from '../../src/signal/errors.ts';
import type { TransportErrorCode } from '../../src/transport/errors.ts';

export function protocolError(code: ProtocolErrorCode): unknown {
  return expect.objectContaining({ name: 'ProtocolError', code });
}

/** @param line counted from 1; undefined: the error is in no single line */
export function configError(code: ConfigErrorCode, line: number | undefined, message: RegExp): unknown {
  return expect.objectContaining({ name: 'ConfigError', code, line, message: expect.stringMatching(message) });
}

export function usageError(code: UsageErrorCode, message: RegExp = /./): unknown {
  return expect.objectContaining({ name: 'UsageError', code, message: expect.stringMatching(message) });
}

export function transportError(code: TransportErrorCode, message: RegExp = /./): unknown {
  return expect.objectContaining({ name: 'TransportError', code, message: expect.stringMatching(message) });
}

/** What a promise is rejected with; a promise that is not fails the test. */
export async function rejectionOf(promise: Promise<unknown>): Promise<Error> {
  try {
    await promise;
  } catch (error) {
    return error as Error;
  }
  throw new Error('expected a rejection');
}
