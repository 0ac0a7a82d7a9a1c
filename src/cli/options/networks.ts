import type { OptionSpec } from './spec.ts';

/** What networks are made of, and examined for. */
export const NETWORK_OPTIONS = [
  {
    name: 'nodes',
    value: 'NAME,…',
    repeats: true,
    describe: 'the hosts’ names, most general part first (dev: default com.example.left,com.example.right)',
    describeFor: {
      init: 'the hosts’ names, most general part first',
      dev: 'the hosts’ names, most general part first (default com.example.left,com.example.right)',
    },
    group: 'Commands',
    acts: ['init', 'dev'],
    excludes: ['add'],
  },
  {
    name: 'server',
    value: 'URL',
    repeats: true,
    describe: 'where the hosts find the server; again for each further one (default nats://127.0.0.1:4222)',
    group: 'Commands',
    acts: ['init'],
    excludes: ['add'],
  },
  {
    name: 'verbs',
    value: 'VERB,…',
    repeats: true,
    describe: 'the verbs that the hosts may use (default ping; dev: any)',
    describeFor: {
      init: 'the verbs that the hosts may use (default ping)',
      dev: 'the verbs that the hosts may use (default any)',
      keygen: 'the verbs that this host may use (default ping)',
    },
    group: 'Commands',
    acts: ['init', 'dev', 'keygen'],
  },
  {
    name: 'add',
    value: 'NODE',
    describe: 'add this host to the network that DIR holds',
    group: 'Commands',
    acts: ['init'],
    excludes: ['nodes', 'server', 'subject'],
  },
  {
    name: 'port',
    value: 'N',
    describe: 'the server’s port on 127.0.0.1 (default one that is free)',
    group: 'Commands',
    acts: ['dev'],
  },
  {
    name: 'offline',
    describe: 'look at the files only, not at the servers',
    group: 'Commands',
    acts: ['check'],
  },
] as const satisfies readonly OptionSpec[];
