import { EVERY, MESSAGES, type OptionSpec } from './spec.ts';

/** What most command lines may have. */
export const GENERAL_OPTIONS = [
  {
    name: 'config',
    short: 'c',
    value: 'FILE',
    describe: 'the configuration (default: $REMAPHORE_CONFIG, else /etc/remaphore/remaphore.conf)',
    group: 'General',
    acts: [...MESSAGES, 'example', 'check', 'ping', 'history', 'lock', 'barrier', 'completion'],
  },
  {
    name: 'quiet',
    short: 'q',
    describe: 'do not say when ready, disconnected or reconnected; losses are always said',
    group: 'General',
    acts: EVERY,
  },
  {
    name: 'json',
    describe: 'print a line of JSON for each thing printed, and for each thing said on standard error',
    group: 'General',
    acts: [...MESSAGES, 'init', 'dev', 'keygen', 'check', 'ping', 'history', 'lock', 'barrier'],
  },
  {
    name: 'yaml',
    describe: 'with --example: in the form for files named .yaml or .yml',
    describeFor: { example: 'in the form for files named .yaml or .yml' },
    group: 'General',
    acts: ['example'],
  },
  { name: 'help', short: 'h', describe: 'show this help', group: 'General', acts: EVERY },
  { name: 'version', describe: 'show the version', group: 'General', acts: EVERY },
] as const satisfies readonly OptionSpec[];
