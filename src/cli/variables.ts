// Every variable of the environment that means something.

import { PAYLOAD_VARIABLE } from '../script/argument.ts';

/** One variable. */
export interface VariableSpec {
  name: string;
  /** who is told by it */
  reader: 'program' | 'script';
  /** it is there for scripts that know no other name */
  old?: boolean;
  /** a clause */
  describe: string;
}

export const VARIABLES: readonly VariableSpec[] = [
  {
    name: 'REMAPHORE_CONFIG',
    reader: 'program',
    describe: 'the path of the configuration when --config does not name one; if empty, as if not set',
  },
  { name: 'NATS_SERVER', reader: 'program', describe: 'dev: the path of the nats-server to run' },
  {
    name: 'XDG_CACHE_HOME',
    reader: 'program',
    describe: 'dev: where a nats-server that had to be fetched is kept (default ~/.cache)',
  },
  {
    name: 'XDG_STATE_HOME',
    reader: 'program',
    describe:
      'where receivers note what they have accepted, in the directory remaphore, unless the configuration says `state:` ' +
      '(default ~/.local/state; root’s is /var/lib)',
  },
  { name: 'REMAPHORE_SENDER', reader: 'script', describe: 'the sender’s public key' },
  { name: 'REMAPHORE_SENDER_DESTINATION', reader: 'script', describe: 'the name that Peers gives the sender' },
  { name: 'REMAPHORE_VERB', reader: 'script', describe: 'the verb, in lower case' },
  { name: 'REMAPHORE_TIME', reader: 'script', describe: 'when it was sent, Unix time in seconds' },
  { name: 'REMAPHORE_UUID', reader: 'script', describe: 'the uuid in hex' },
  { name: PAYLOAD_VARIABLE, reader: 'script', describe: 'the payload; not with --stdin' },
  { name: 'REMAPHORE_ATTEMPT', reader: 'script', describe: 'with --durable: which try it is, counted from 1' },
  {
    name: 'REMAPHORE_DESTMATCH',
    reader: 'script',
    describe: 'the destination that was matched; not with --any-destination',
  },
  { name: 'REMOPHORE_DESTMATCH', reader: 'script', old: true, describe: 'the same, as older scripts know it' },
];
