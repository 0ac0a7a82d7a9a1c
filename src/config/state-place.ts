import { isAbsolute, join } from 'node:path';

const SYSTEM_DIRECTORY = '/var/lib/remaphore';

/**
 * The directory for what has to outlive a process, where the configuration names none: below $XDG_STATE_HOME, which must
 * be absolute to count; without it root’s is /var/lib/remaphore and another user’s below ~/.local/state (XDG Base Directory
 * Specification 0.8).
 *
 * @param uid the user's number
 */
export function defaultStateDirectory({ XDG_STATE_HOME, HOME }: NodeJS.ProcessEnv, uid: number | undefined): string {
  if (XDG_STATE_HOME !== undefined && isAbsolute(XDG_STATE_HOME)) return join(XDG_STATE_HOME, 'remaphore');
  if (uid !== 0 && HOME !== undefined && isAbsolute(HOME)) return join(HOME, '.local', 'state', 'remaphore');
  return SYSTEM_DIRECTORY;
}
