import { ConfigError, type ConfigErrorCode, type Where } from './errors.ts';

/**
 * Tells of something that cannot be used. Whoever loads a configuration throws there and then; whoever inspects one
 * notes it, and the check goes on without the value: hence what it returns.
 *
 * @param message what is wrong and what was expected; never holds a key
 * @param advice what to do about it, a clause
 */
export type Fail = (code: ConfigErrorCode, where: Where, message: string, advice: string) => undefined;

/**
 * Ends at the first fault.
 *
 * @param file the configuration's name, for the error
 * @throws ConfigError, when called
 */
export function failAtFirst(file: string): Fail {
  return (code, where, message) => {
    throw new ConfigError(code, file, where, message);
  };
}
