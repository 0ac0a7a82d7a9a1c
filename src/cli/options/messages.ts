import { MESSAGES, type OptionSpec } from './spec.ts';

/** What a message is, or is to be. */
export const MESSAGE_OPTIONS = [
  {
    name: 'destination',
    short: 'D',
    value: 'PATTERN',
    describe:
      'sending: the pattern to reach (default **); receiving: match as if this were the node’s destination, or a ' +
      'message whose pattern is exactly this text; keygen: this host’s name',
    describeFor: {
      send: 'the pattern to reach (default **)',
      request: 'the pattern to reach (default **)',
      receive:
        'match as if this were the node’s destination, or a message whose pattern is exactly this text (default: the ' +
        'configuration’s)',
      ping: 'the pattern to reach (default **)',
      keygen: 'this host’s name, most general part first',
      history: 'only what is for this destination, or was sent to exactly this pattern',
    },
    group: 'Messages',
    acts: [...MESSAGES, 'ping', 'keygen', 'history'],
    excludes: ['any-destination'],
  },
  {
    name: 'public-key',
    short: 'p',
    value: 'KEY',
    describe: 'sending: the identity to use; receiving: only messages signed by this key',
    describeFor: {
      send: 'the identity to use',
      request: 'the identity to use',
      receive: 'only messages signed by this key',
      ping: 'the identity to use',
      lock: 'the identity to use',
      barrier: 'the identity to use',
      history: 'only what names this key, known or not',
    },
    group: 'Messages',
    acts: [...MESSAGES, 'ping', 'history', 'lock', 'barrier'],
  },
  {
    name: 'uuid',
    short: 'u',
    value: 'TEXT',
    describe: 'the value to send, or to wait for (which implies --once unless there is --count)',
    describeFor: {
      send: 'the value to send',
      request: 'the value to send',
      receive: 'the value to wait for (which implies --once unless there is --count)',
      history: 'only what was sent with this value',
    },
    group: 'Messages',
    acts: [...MESSAGES, 'history'],
  },
  {
    name: 'verb',
    short: 'v',
    value: 'VERB,…',
    describe: 'sending: the verb (default ping; of several the first); receiving: the verbs to accept (default any)',
    describeFor: {
      lock: 'the verb that whoever takes part must be allowed (default lock)',
      barrier: 'the verb that whoever takes part must be allowed (default barrier)',
      send: 'the verb (default ping; of several the first)',
      request: 'the verb (default ping; of several the first)',
      receive: 'the verbs to accept (default any)',
      history: 'only these verbs',
    },
    group: 'Messages',
    acts: [...MESSAGES, 'history', 'lock', 'barrier'],
  },
  {
    name: 'timeout',
    short: 't',
    value: 'DURATION',
    describe:
      'give up after this long, like 1h2m3s4ms; 0: never (default: --send 5s, ping 2s, check 5s for each server, ' +
      'history 5s until it is being read, else never)',
    describeFor: {
      send: 'give up after this long, like 1h2m3s4ms; 0: never (default 5s)',
      request: 'give up after this long, like 1h2m3s4ms (default never)',
      receive: 'give up after this long, like 1h2m3s4ms (default never)',
      history: 'give up after this long, like 1h2m3s4ms; 0: never (default 5s until it is being read, then never)',
      ping: 'how long to wait for answers, like 1h2m3s4ms; 0: for ever (default 2s)',
      check: 'how long each server may take, like 1h2m3s4ms; 0: for ever (default 5s)',
      lock: 'how long to wait for the lock, like 1h2m3s4ms; 0: for ever (the default)',
      barrier: 'how long to wait for the others, like 1h2m3s4ms; 0: for ever (the default)',
    },
    group: 'Messages',
    acts: [...MESSAGES, 'ping', 'check', 'history', 'lock', 'barrier'],
    excludes: ['try'],
  },
  {
    name: 'subject',
    short: 'S',
    value: 'CHANNEL',
    describe:
      'another channel below the configured subject (default all); init: the subject itself (default remaphore)',
    describeFor: {
      send: 'another channel below the configured subject (default all)',
      request: 'another channel below the configured subject (default all)',
      receive: 'another channel below the configured subject (default all)',
      ping: 'another channel below the configured subject (default all)',
      check: 'another channel below the configured subject (default all)',
      init: 'the subject that everything travels below (default remaphore)',
      history: 'create: keep this channel too; else: only this channel; again for each further one',
    },
    group: 'Messages',
    acts: [...MESSAGES, 'example', 'ping', 'check', 'init', 'history'],
    excludes: ['add'],
  },
  {
    name: 'dry-run',
    describe: 'with --send or --request: print what would be sent, and whom it would reach; send nothing',
    describeFor: {
      send: 'print what would be sent, and whom it would reach; send nothing',
      request: 'print what would be sent, and whom it would reach; send nothing',
    },
    group: 'Messages',
    acts: ['send', 'request'],
  },
  {
    name: 'keep',
    describe: 'exit 0 only once the message is kept for certain, on as many servers as the history has replicas',
    group: 'Messages',
    acts: ['send'],
  },
] as const satisfies readonly OptionSpec[];
