import { type OptionSpec, RECEIVE } from './spec.ts';

/** What a receiver does with messages. */
export const RECEIVING_OPTIONS = [
  {
    name: 'any-destination',
    short: 'd',
    describe: 'do not match the destination',
    group: 'Receiving',
    acts: RECEIVE,
    excludes: ['destination'],
  },
  {
    name: 'once',
    short: 'o',
    describe: 'exit 0 after the first matching message (and its script)',
    group: 'Receiving',
    acts: RECEIVE,
    excludes: ['count'],
  },
  {
    name: 'count',
    short: 'n',
    value: 'N',
    describe: 'exit 0 after N matching messages (and their scripts); exit 1 if -t is over before',
    group: 'Receiving',
    acts: RECEIVE,
    excludes: ['once'],
  },
  {
    name: 'distinct',
    describe: 'with --count: from N different hosts; further messages of the same one are not acted on',
    group: 'Receiving',
    acts: RECEIVE,
    excludes: ['durable'],
  },
  {
    name: 'since',
    value: 'DURATION',
    describe: 'also what was sent within this time and kept (see history), like 1h; first that, then what comes',
    describeFor: { history: 'only what was stored within this time, like 1h (default: everything that is kept)' },
    group: 'Receiving',
    acts: ['receive', 'history'],
  },
  {
    name: 'durable',
    value: 'NAME',
    describe:
      'lose nothing across restarts: deal with each message that is kept (see history) at least once; all who give the ' +
      'same NAME, channel, destination and filters share them',
    group: 'Receiving',
    acts: RECEIVE,
    excludes: ['distinct'],
  },
  {
    name: 'retries',
    value: 'N',
    describe:
      'with --durable: how often to try a message again whose script did not end with 0, after 1s, 5s, 30s and then each ' +
      'minute, before it is set aside (default 5)',
    group: 'Receiving',
    acts: RECEIVE,
  },
  {
    name: 'jobs',
    short: 'j',
    value: 'N',
    describe: 'scripts that may run at once (default 1, in order of arrival)',
    group: 'Receiving',
    acts: RECEIVE,
  },
  {
    name: 'stdin',
    describe: 'give the payload to the script on standard input, not as argument and REMAPHORE_MSG',
    group: 'Receiving',
    acts: RECEIVE,
  },
  {
    name: 'exit-status',
    short: 'e',
    describe: 'with --once and a script: exit with the script’s own status',
    group: 'Receiving',
    acts: RECEIVE,
  },
  {
    name: 'explain',
    describe: 'say on standard error of each message that is not acted on which check refused it',
    group: 'Receiving',
    acts: RECEIVE,
  },
] as const satisfies readonly OptionSpec[];
