import type { OptionSpec } from './spec.ts';

/** What hosts agree on with each other. */
export const COORDINATION_OPTIONS = [
  {
    name: 'slots',
    value: 'N',
    describe: 'how many may hold the lock at once (default 1)',
    group: 'Locks and barriers',
    acts: ['lock'],
    excludes: ['list'],
  },
  {
    name: 'try',
    describe: 'do not wait when others hold the lock',
    group: 'Locks and barriers',
    acts: ['lock'],
    excludes: ['timeout', 'list'],
  },
  {
    name: 'ttl',
    value: 'DURATION',
    describe: 'when a holder is not heard of for so long the lock goes to the next, 1s to 1h (default 30s)',
    group: 'Locks and barriers',
    acts: ['lock'],
    excludes: ['list'],
  },
  {
    name: 'conflict-exit-code',
    short: 'E',
    value: 'CODE',
    describe: 'what to exit with when the lock was not obtained in time (default 1)',
    group: 'Locks and barriers',
    acts: ['lock'],
    excludes: ['list'],
  },
  {
    name: 'foreground',
    describe: 'leave the command in the terminal’s process group, for editors, prompts and Ctrl-Z',
    group: 'Locks and barriers',
    acts: ['lock'],
    excludes: ['list'],
  },
  {
    name: 'list',
    describe: 'show the locks, who holds them and who waits',
    group: 'Locks and barriers',
    acts: ['lock'],
    excludes: ['slots', 'try', 'ttl', 'conflict-exit-code', 'foreground'],
  },
  {
    name: 'parties',
    value: 'N',
    describe: 'how many different hosts must arrive, this one included',
    group: 'Locks and barriers',
    acts: ['barrier'],
  },
] as const satisfies readonly OptionSpec[];
