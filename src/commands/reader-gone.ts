import { spawn } from 'node:child_process';
import { fstatSync } from 'node:fs';

const STDOUT = 1;

/**
 * Calls when whoever reads standard output through a pipe has gone, as in `| head -1`. One that writes nothing more
 * learns nothing of it from the system, and the runtime cannot ask; `tail -f` of the GNU coreutils (8.28, 2017) looks
 * for it, and ends by SIGPIPE. Where there is another tail it is never called.
 *
 * @returns stops watching
 */
export function onReaderGone(call: () => void): () => void {
  if (!fstatSync(STDOUT).isFIFO()) return () => {};
  // It ends with this process, however that ends; and a signal to the foreground's group is not for it.
  const words = ['-f', `--pid=${process.pid}`, '/dev/null'];
  const watcher = spawn('tail', words, { detached: true, stdio: ['ignore', STDOUT, 'ignore'] });
  watcher.once('error', () => {});
  watcher.once('exit', (_, signal) => {
    if (signal === 'SIGPIPE') call();
  });
  return () => void watcher.kill();
}
