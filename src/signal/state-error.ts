/** What is wrong with the file that says what was accepted: it cannot be used, or others can write it. */
export type StateErrorCode = 'state-unusable' | 'state-exposed';

const ROOM = 'make room there, or name a directory on another disk with `state:` in the configuration';
const PLACE = 'name a directory that this user can write with `state:` in the configuration';

/** What must outlive this process cannot be kept, so that nothing more may be acted on. */
export class StateError extends Error {
  override readonly name = 'StateError';
  readonly code: StateErrorCode;
  /** the file */
  readonly path: string;
  /** what is wrong with it, a clause */
  readonly fault: string;
  /** what to do */
  readonly hint: string;

  constructor(code: StateErrorCode, path: string, fault: string, hint: string, options?: ErrorOptions) {
    super(`${path}: what was accepted cannot be remembered there: ${fault}`, options);
    this.code = code;
    this.path = path;
    this.fault = fault;
    this.hint = hint;
  }

  /** What the system said, in words; an error of this class is given back as it is. */
  static from(cause: unknown, path: string): StateError {
    if (cause instanceof StateError) return cause;
    const { code } = cause as NodeJS.ErrnoException;
    const hint = code === 'ENOSPC' || code === 'EDQUOT' ? ROOM : PLACE;
    return new StateError('state-unusable', path, describe(cause as NodeJS.ErrnoException), hint, { cause });
  }
}

function describe({ code, message }: NodeJS.ErrnoException): string {
  switch (code) {
    case 'ENOSPC':
      return 'the disk is full';
    case 'EDQUOT':
      return 'this user’s share of the disk is used up';
    case 'EROFS':
      return 'the file system is read-only';
    case 'EACCES':
    case 'EPERM':
      return 'this user may not write there';
    case 'ELOOP':
      return 'a symbolic link stands there';
    case 'ENOTDIR':
    case 'EEXIST':
      return 'its directory is a file';
    default:
      return code ?? message;
  }
}
