import type { OptionSpec } from './spec.ts';

/** What a request waits for. */
export const ASKING_OPTIONS = [
  {
    name: 'require',
    value: 'all|N|N%',
    describe: 'exit 4 unless all, N or N% of the known responders have answered by the end',
    group: 'Asking',
    acts: ['request'],
  },
] as const satisfies readonly OptionSpec[];
