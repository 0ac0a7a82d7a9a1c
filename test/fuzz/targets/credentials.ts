import { fromSeed } from '@nats-io/nkeys';
import { type Credentials, parseCredentials } from '../../../src/transport/credentials.ts';
import { TransportError } from '../../../src/transport/errors.ts';
import { promise, type Target } from '../target.ts';

/** Of a user who exists nowhere. */
const SEED = 'SUADTEHDRD3CIWRRTDND2L2UF2LHFSITNLBI76KELRYUEAFEPGHA6L46B4';
const REASONS = /^credentials file x: (expected a block `-----BEGIN [A-Z ]+-----`|the seed is damaged: [a-zA-Z ,]+)$/;

function file(token: string, seed: string, end = '\n'): Buffer {
  const lines = [
    ...['-----BEGIN NATS USER JWT-----', token, '------END NATS USER JWT------', ''],
    ...['-----BEGIN USER NKEY SEED-----', seed, '------END USER NKEY SEED------', ''],
  ];
  return Buffer.from(lines.join(end));
}

/** A NATS credentials file. */
export const credentialsTarget: Target<Credentials> = {
  name: 'credentials',
  seeds: () => [file('eyJ0.eyJ1.x_-', SEED), file('a', SEED, '\r\n'), file('', SEED), file('a', SEED.toLowerCase())],
  words: [
    '-----BEGIN NATS USER JWT-----',
    '------END NATS USER JWT------',
    '---',
    'NATS ',
    SEED,
    'SU',
    'SA',
    '\r\n',
    '\t',
  ],
  maxBytes: 2048,
  limitMs: 1,
  parse: (input) => parseCredentials(input.toString('utf8'), 'x'),
  isExpected: (error) => error instanceof TransportError && error.code === 'credentials',
  check: (input, { result, error }) => {
    if (error !== undefined) promise(REASONS.test(error.message), 'the error says more than it should');
    if (result === undefined) return;
    const text = input.toString('utf8');
    promise(/^[\w.-]+$/.test(result.jwt) && text.includes(result.jwt), 'the token is not one of the file');
    const seeds = text.match(/\bSU[A-Z2-7]{56}\b/g) ?? [];
    promise(seeds.some(isSeed), 'there is no seed that the NATS project’s own library takes');
  },
  long: {
    dashes: (size) => '-'.repeat(size),
    beginnings: (size) => '---BEGIN USER JWT--- '.repeat(size / 21),
    'a long token': (size) => file('a'.repeat(size), SEED).toString(),
    'a token of dashes': (size) => `-----BEGIN NATS USER JWT-----\n${'-'.repeat(size)}`,
    'white space': (size) => `-----BEGIN NATS USER JWT-----${' '.repeat(size)}`,
    'white space behind a token': (size) => `-----BEGIN NATS USER JWT-----\na${' '.repeat(size)}`,
    'a long seed': (size) => file('a', 'A'.repeat(size)).toString(),
  },
};

function isSeed(text: string): boolean {
  try {
    return fromSeed(Buffer.from(text)) !== undefined;
  } catch {
    return false;
  }
}
