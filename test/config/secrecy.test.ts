// Errors and warnings end up in logs. Whatever is wrong with a configuration, and wherever its keys stand by mistake,
// none of them says a key.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inspectText } from '../../src/config/inspect.ts';
import { parseConfig } from '../../src/config/load.ts';
import { configText, OTHER, OWN, yamlText } from '../helpers/config-text.ts';

const SECRETS = [OWN.privateKey, OTHER.privateKey];

/** Everything that is said about a configuration, when it is loaded and when it is inspected. */
async function whatIsSaid(text: string, file: string): Promise<string> {
  const { findings } = await inspectText(text, file);
  return [await whatLoadingSays(text, file), ...findings.map((finding) => JSON.stringify(finding))].join('\n');
}

async function whatLoadingSays(text: string, file: string): Promise<string> {
  try {
    return (await parseConfig(text, file)).warnings.join('\n');
  } catch (error) {
    // A cause is printed as well by whoever prints the error.
    const { message, stack, cause } = error as Error;
    expect(error).toMatchObject({ name: 'ConfigError' });
    return [message, stack, cause instanceof Error ? cause.message : cause].join('\n');
  }
}

/** Fails when a private key is said, or a good part of one, in any case. */
function expectNoSecret(said: string): void {
  for (const secret of SECRETS) {
    for (let at = 0; at + 12 <= secret.length; at += 4) {
      expect(said.toLowerCase()).not.toContain(secret.slice(at, at + 12).toLowerCase());
    }
  }
}

const LINES = configText({ more: ['subject: sub', 'allow_skew: 3s', 'strict_replies: true'] });
const YAML = `servers: [nats://a:4222]
credentials: none
destination: com.x.y
allow_skew: 3s
strict_replies: true
identities:
  - public_key: ${OWN.publicKey}
    private_key: ${OWN.privateKey}
    verbs: [ping]
peers:
  - destination: com.x.z
    public_key: ${OTHER.publicKey}
    verbs: [ping, deploy]
`;

/** Each place between two words of a text, the words themselves replaceable. */
function anyMisplacement(text: string): fc.Arbitrary<string> {
  const words = text.split(/(\s+|[:,[\]])/);
  const secret = fc.constantFrom(...SECRETS);
  // What YAML and the line-based form give a meaning to, before and after the key.
  const decoration = fc.constantFrom(
    '',
    ' ',
    '*',
    '&',
    '!',
    '!!',
    '"',
    "'",
    '[',
    ']',
    '{',
    '|',
    '%',
    '@',
    ': ',
    '- ',
    '\n',
    '?',
  );
  return fc
    .tuple(fc.nat(words.length - 1), fc.boolean(), secret, decoration, decoration)
    .map(([at, isReplaced, key, before, after]) =>
      words.toSpliced(at, isReplaced ? 1 : 0, `${before}${key}${after}`).join(''),
    );
}

describe('what is said about a configuration', () => {
  it('holds no private key, wherever one stands in the line-based form', async () => {
    await fc.assert(
      fc.asyncProperty(anyMisplacement(LINES), async (text) => expectNoSecret(await whatIsSaid(text, 'x.conf'))),
      { numRuns: 1500 },
    );
  });

  it('holds no private key, wherever one stands in the YAML form', async () => {
    await fc.assert(
      fc.asyncProperty(anyMisplacement(YAML), async (text) => expectNoSecret(await whatIsSaid(text, 'x.yaml'))),
      { numRuns: 1500 },
    );
  });

  it('holds no private key when the file is cut off anywhere', async () => {
    for (let length = 0; length < LINES.length; length++) {
      expectNoSecret(await whatIsSaid(LINES.slice(0, length), 'x.conf'));
    }
    for (let length = 0; length < YAML.length; length++) {
      expectNoSecret(await whatIsSaid(YAML.slice(0, length), 'x.yaml'));
    }
  });

  it('holds no private key when the file is of the other form', async () => {
    expectNoSecret(await whatIsSaid(LINES, 'x.yaml'));
    expectNoSecret(await whatIsSaid(YAML, 'x.conf'));
    expectNoSecret(await whatIsSaid(yamlText(), 'x.conf'));
  });
});

describe('a private key in the line-based form is not said when it stands', () => {
  it.each([
    ['as a key', `${OWN.privateKey}: x`],
    ['as a section', `[ ${OWN.privateKey} ]`],
    ['as the default identity', `default_identity: ${OWN.privateKey}`],
    ['as the skew', `allow_skew: ${OWN.privateKey}`],
    ['on a line of its own', OWN.privateKey],
    ['as a peer’s name', `[ Peers ]\n${OWN.privateKey} ${OTHER.publicKey} [ping]`],
    ['as a verb', `[ Peers ]\ncom.x ${OTHER.publicKey} [${OWN.privateKey}*]`],
    ['as the destination', `destination: ${OWN.privateKey}`],
    ['as a part of the destination', `destination: com..${OWN.privateKey}`],
  ])('%s', async (_, line) => {
    const said = await whatIsSaid(configText({ more: [line] }), 'x.conf');
    expect(said).not.toBe('');
    expectNoSecret(said);
  });
});

describe('a private key in the YAML form is not said when it stands', () => {
  it.each([
    ['as a key with a text', YAML.replace('allow_skew', OWN.privateKey)],
    ['as a key with a list', YAML.replace('peers', OWN.privateKey)],
    ['as an alias', YAML.replace(`private_key: ${OWN.privateKey}`, `private_key: *${OWN.privateKey}`)],
    ['as a tag', YAML.replace(`private_key: ${OWN.privateKey}`, `private_key: !${OWN.privateKey} x`)],
    ['as a key of an identity', YAML.replace(`private_key: ${OWN.privateKey}`, `${OWN.privateKey}: x`)],
  ])('%s', async (_, text) => {
    const said = await whatIsSaid(text, 'x.yaml');
    expect(said).not.toBe('');
    expectNoSecret(said);
  });
});

describe('a public key', () => {
  it('that is damaged is not said either: what stands there may be anything', async () => {
    const damaged = `${OTHER.publicKey.slice(0, -1)}0`;
    const said = await whatIsSaid(configText({ peers: [`com.x.z ${damaged} [ping]`] }), 'x.conf');
    expect(said).toContain('x.conf:7');
    expect(said).not.toContain(damaged);
  });
});
