// What few starts need is no part of what every start reads.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const read = (file: string) => readFileSync(fileURLToPath(new URL(`../../dist/${file}`, import.meta.url)), 'utf8');

/** The name of the tokens' algorithm, which only what makes them knows. */
const TOKENS = 'ed25519-nkey';

/** A message of what derives the keys of tokens. */
const KEYS = 'bad seed size';

describe('the packages that init makes tokens with', () => {
  it('are in a bundle of their own, with the keys that the client has no use for', () => {
    expect(read('late/@nats-io/jwt.cjs')).toContain(TOKENS);
    expect(read('late/@nats-io/jwt.cjs')).toContain(KEYS);
    expect(read('program.js')).not.toContain(TOKENS);
    expect(read('program.js')).not.toContain(KEYS);
  });
});

/** A message of what speaks to streams. */
const STREAMS = 'jetstream is not enabled';

/** A class of the client that both use; errors are told apart by such classes. */
const CLIENT = 'extends Error{subject;';

describe('the package that speaks to what a broker keeps', () => {
  it('is in a bundle of its own, which has no copy of the client', () => {
    expect(read('late/@nats-io/jetstream.cjs')).toContain(STREAMS);
    expect(read('program.js')).not.toContain(STREAMS);
    expect(read('program.js')).toContain(CLIENT);
    expect(read('late/@nats-io/jetstream.cjs')).not.toContain(CLIENT);
  });

  it('is imported late by the library too', () => {
    expect(read('index.js')).not.toContain('@nats-io/jetstream');
  });
});
