import type { Interrupt } from '../commands/context.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** What a wrapped command is told too, besides what only the kernel or a terminal sends. */
const PASSED = [...SIGNALS, 'SIGQUIT', 'SIGUSR1', 'SIGUSR2'] as const;

/** Catches the signals that end a program, from now on. */
export function catchSignals(): Interrupt {
  const first = new AbortController();
  const again = new AbortController();
  for (const name of SIGNALS) {
    process.on(name, (_: string, number: number) => (first.signal.aborted ? again.abort() : first.abort(number)));
  }
  return { signal: first.signal, again: again.signal };
}

/** Hands signals over from now on, until what it returns is called. */
export function passSignals(pass: (signal: NodeJS.Signals) => void): () => void {
  for (const name of PASSED) process.on(name, pass);
  return () => {
    for (const name of PASSED) process.off(name, pass);
  };
}
