import type { OptionSpec } from './spec.ts';

/** What is kept, and what is shown of it. */
export const HISTORY_OPTIONS = [
  {
    name: 'failed',
    describe: 'what was tried by listeners with --durable, did not end well, and was set aside',
    group: 'History',
    acts: ['history'],
  },
  {
    name: 'follow',
    describe: 'go on with what comes',
    group: 'History',
    acts: ['history'],
  },
  {
    name: 'max-age',
    value: 'DURATION',
    describe: 'create: keep each message so long, like 12h or 7d; 0: for ever (default 7d)',
    group: 'History',
    acts: ['history'],
  },
  {
    name: 'max-bytes',
    value: 'SIZE',
    describe: 'create: keep so much, like 500MB or 1GiB, and give up the oldest for more; 0: no limit (default 1GiB)',
    group: 'History',
    acts: ['history'],
  },
  {
    name: 'replicas',
    value: 'N',
    describe: 'create: on how many servers of a cluster, 1 or 3 (default 1)',
    group: 'History',
    acts: ['history'],
  },
  {
    name: 'yes',
    describe: 'delete: without asking',
    group: 'History',
    acts: ['history'],
  },
] as const satisfies readonly OptionSpec[];
