import type { OptionSpec } from './spec.ts';

/** What chooses an act. */
export const ACT_OPTIONS = [
  {
    name: 'send',
    short: 's',
    describe: 'publish one message and exit once the server has it',
    group: 'What to do',
    acts: ['send'],
    excludes: ['request', 'example'],
  },
  {
    name: 'request',
    short: 'r',
    describe: 'publish one message and collect the replies',
    group: 'What to do',
    acts: ['request'],
    excludes: ['send', 'example'],
  },
  {
    name: 'example',
    short: 'C',
    describe: 'print an example configuration that works, with a fresh key pair',
    group: 'What to do',
    acts: ['example'],
    excludes: ['send', 'request'],
  },
] as const satisfies readonly OptionSpec[];
