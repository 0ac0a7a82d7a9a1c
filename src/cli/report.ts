import { ExitCode } from '../commands/exit-code.ts';
import { ConfigError } from '../config/errors.ts';
import { UsageError } from '../signal/errors.ts';
import { StateError } from '../signal/state-error.ts';
import { TransportError } from '../transport/errors.ts';
import { OutputError, type ProcessOutput } from './output.ts';

const SIGPIPE = 13;

/**
 * Says what went wrong; only a bug shows where.
 *
 * @param configFile the configuration that was to be used, for a hint when it is not there
 * @returns the exit code
 */
export function report(error: unknown, output: ProcessOutput, configFile?: string): number {
  const limit = findDescriptorLimit(error);
  if (limit !== undefined) {
    const hint = 'ulimit -n shows how many this process may have';
    output.error(`too many open files (${limit})`, hint, { code: 'too-many-files', exit_code: ExitCode.os });
    return ExitCode.os;
  }
  if (error instanceof UsageError) {
    output.error(error.message, error.hint, { code: error.code, exit_code: ExitCode.usage });
    return ExitCode.usage;
  }
  if (error instanceof ConfigError) {
    const { code, file, line } = error;
    const isConfig = code === 'unreadable' && file === configFile;
    const hint = isConfig ? 'name another with -c; remaphore -C prints an example' : undefined;
    output.error(error.message, hint, { code: `config-${code}`, file, line, exit_code: ExitCode.usage });
    return ExitCode.usage;
  }
  if (error instanceof TransportError) {
    const exitCode = error.code === 'credentials' ? ExitCode.usage : ExitCode.broker;
    output.error(error.message, undefined, { code: error.code, exit_code: exitCode });
    return exitCode;
  }
  if (error instanceof StateError) {
    output.error(error.message, error.hint, { code: error.code, file: error.path, exit_code: ExitCode.io });
    return ExitCode.io;
  }
  if (error instanceof OutputError) {
    // It has been said.
    return error.closed ? ExitCode.signal + SIGPIPE : ExitCode.io;
  }
  const trace = error instanceof Error ? (error.stack ?? error.message) : String(error);
  output.error(`bug: ${trace}`, undefined, { code: 'bug', exit_code: ExitCode.bug });
  return ExitCode.bug;
}

/** The code of an error that comes of there being no file descriptors; whatever opens a file may meet that. */
function findDescriptorLimit(error: unknown): string | undefined {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'EMFILE' || code === 'ENFILE') return code;
  }
  return undefined;
}
