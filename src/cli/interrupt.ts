import type { Interrupt } from '../commands/context.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Catches the signals that end a program, from now on. */
export function catchSignals(): Interrupt {
  const first = new AbortController();
  const again = new AbortController();
  for (const name of SIGNALS) {
    process.on(name, (_: string, number: number) => (first.signal.aborted ? again.abort() : first.abort(number)));
  }
  return { signal: first.signal, again: again.signal };
}
