// What the program ends with, in words.

import { ExitCode } from '../commands/exit-code.ts';

/** One exit code, or several of a kind. */
export interface ExitCodeSpec {
  code: string;
  /** a few words for the help */
  brief: string;
  /** a clause */
  describe: string;
}

export const EXIT_CODES: readonly ExitCodeSpec[] = [
  { code: `${ExitCode.ok}`, brief: 'it worked', describe: 'it worked: sent; a message came; a reply came' },
  {
    code: `${ExitCode.nothing}`,
    brief: 'nothing came in time, or nobody answered',
    describe: 'nothing came in time, or nobody answered',
  },
  { code: `${ExitCode.usage}`, brief: 'wrong usage or configuration', describe: 'wrong usage or configuration' },
  {
    code: `${ExitCode.broker}`,
    brief: 'the broker',
    describe: 'the broker: unreachable, refused, not permitted, or not connected when the time ran out',
  },
  {
    code: `${ExitCode.tooFew}`,
    brief: 'fewer replies than required',
    describe: 'replies came, but fewer than --require asked for',
  },
  { code: `${ExitCode.bug}`, brief: 'a bug', describe: 'a bug' },
  {
    code: `${ExitCode.os}`,
    brief: 'too many open files',
    describe: 'too many open files: for this process (ulimit -n), or on the host',
  },
  {
    code: `${ExitCode.io}`,
    brief: 'output or state could not be written',
    describe:
      'standard output could not be written (a full disk, a reader that does not read); when its reader has gone, 141 ' +
      'as for SIGPIPE; or the file of what was accepted could not be written, read or trusted',
  },
  { code: `${ExitCode.signal}+n`, brief: 'ended by a signal', describe: 'ended by signal n' },
  { code: 'any', brief: 'with -e, the script’s own', describe: 'with -e: the script’s own' },
];
