import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../src/config/errors.ts';
import { type Finding, inspectText } from '../../src/config/inspect.ts';
import { parseConfig } from '../../src/config/load.ts';
import { type ConfigParts, configText, IDENTITY, OTHER, OWN, PEER, yamlText } from '../helpers/config-text.ts';
import { createTestKeys } from '../helpers/forge.ts';

const THIRD = createTestKeys();

const findingsOf = async (text: string, file = '/etc/x.conf') => (await inspectText(text, file)).findings;

/** As `severity line: message`, which is short enough to be compared. */
const shortly = ({ severity, where, message }: Finding) => `${severity} ${where ?? '-'}: ${message}`;

const peers = (...lines: string[]): ConfigParts => ({ peers: lines });

describe('an inspection', () => {
  it('finds nothing in a good configuration, and hands it over', async () => {
    const { findings, config } = await inspectText(configText(), '/etc/x.conf');
    expect(findings).toEqual([]);
    expect(config).toMatchObject({ file: '/etc/x.conf', destination: 'com.x.y', peers: [{ destination: 'com.x.z' }] });
  });

  it('names every fault of a file at once, each with its line and what to do', async () => {
    const text = configText({
      server: 'server: ftp://a, nats://u:p@b',
      destination: 'destination: com.*',
      more: ['whatever', 'allow_skew: soon', 'strict_replies: maybe', 'tls_cert: /c.pem', 'sever: nats://b'],
      identities: [`${OWN.publicKey} ${OTHER.privateKey} [ping]`, `abc def [ping,]`, 'half a line'],
      peers: [`com.x.z nope [ping]`, 'com.x.z', `a,b ${OTHER.publicKey} [x y]`],
    });
    const { findings, config } = await inspectText(text, '/etc/x.conf');
    expect(config).toBeUndefined();
    expect(findings.map(shortly)).toEqual([
      'error 1: server: expected an address like nats://host:4222 or tls://host:4222',
      'error 1: server: a user in the address is not supported; use a credentials file',
      'error 3: destination: a node is named without *; only patterns to send to have one',
      'error 4: expected `key: value` or a [ Section ]',
      'error 5: allow_skew: expected a duration like 1h2m3s4ms',
      'error 6: strict_replies: expected true or false',
      'error 7: tls_cert needs tls_key as well',
      'warning 8: unknown key "sever" (server?) has no effect',
      'error 10: the public key does not belong to the private key',
      'error 11: public key: expected 32 bytes in base58, got 3',
      'error 11: private key: expected 64 bytes in base58, got 3',
      'error 11: expected verbs separated by commas, like [ping, deploy]',
      'error 12: expected a line like: <public key> <private key> [verb, verb]',
      'error 14: public key: expected 32 bytes in base58, got 3',
      'error 15: expected a line like: <destination> <public key> [verb, verb]',
      'error 16: a destination cannot hold a comma',
      'error 16: expected verbs separated by commas, like [ping, deploy]',
    ]);
    for (const { advice, file } of findings) {
      expect(advice).toMatch(/\w{3}/);
      expect(file).toBe('/etc/x.conf');
    }
  });

  it('names what is missing altogether', async () => {
    expect((await findingsOf('')).map(shortly)).toEqual([
      'error -: no server: expected a line `server: nats://host:4222`',
      'error -: no credentials: expected a line `credentials: /path/to/file` or `credentials: none`',
      'error -: no destination: expected a line `destination: com.example.host`',
      'error -: no identities: expected a section [ Identities ] with a line for each key pair',
      'warning -: no peers: this host acts on nobody’s messages, and nobody’s answers count',
    ]);
  });

  it('does the same in YAML, with the places there', async () => {
    const text = yamlText({
      servers: ['nats://a', 'ftp://b', 3],
      colour: 'blue',
      identities: [{ public_key: OWN.publicKey, private_key: OTHER.privateKey }, 'x'],
      peers: [{ destination: 'com.x', public_key: 'nope', verbs: 'ping' }, { destination: [] }],
    }).replace(',3]', ',[]]');
    expect((await findingsOf(text, '/etc/x.yaml')).map(shortly)).toEqual([
      'error servers[2]: expected a text',
      'error identities[0].verbs: expected a list, which may be empty: []',
      'error identities[1]: expected a mapping with public_key, private_key, verbs',
      'error peers[1].destination: expected a text',
      'error peers[1].public_key: expected a text',
      'error peers[1].verbs: expected a list, which may be empty: []',
      'error servers[1]: server: expected an address like nats://host:4222 or tls://host:4222',
      'error identities[0]: the public key does not belong to the private key',
      'error peers[0]: public key: expected 32 bytes in base58, got 3',
      'warning -: unknown key "colour" has no effect',
      'warning identities[0]: this identity has no verbs: nothing can be sent with it',
    ]);
  });

  it('says of YAML that is none where it breaks off', async () => {
    const { findings, config } = await inspectText('a: 1\nb:\n\t- x\n', '/etc/x.yaml');
    expect(config).toBeUndefined();
    expect(findings).toEqual([expect.objectContaining({ severity: 'error', where: 3, file: '/etc/x.yaml' })]);
  });

  it('hands over a configuration of which only entries are damaged, without them', async () => {
    const { findings, config } = await inspectText(configText(peers('com.x.a nope [ping]', PEER)), 'x.conf');
    expect(findings.map(({ severity }) => severity)).toEqual(['error']);
    expect(config?.peers).toMatchObject([{ destination: 'com.x.z' }]);
  });

  it('says of a default identity that is none what is wrong, and once', async () => {
    const missing = await findingsOf(configText({ more: [`default_identity: ${OTHER.publicKey}`] }));
    expect(missing.map(shortly)).toEqual([
      'error 4: default_identity: expected the public key of one of the identities',
    ]);
    const damaged = await findingsOf(
      configText({
        more: [`default_identity: ${OTHER.publicKey}`],
        identities: [IDENTITY, `${OTHER.publicKey} ${THIRD.privateKey} [ping]`],
      }),
    );
    expect(damaged.map(shortly)).toEqual(['error 7: the public key does not belong to the private key']);
  });
});

describe('an inspection and loading', () => {
  // Lines of which some are good, some not, and some good only without others.
  const line = fc.constantFrom(
    'server: nats://b',
    'server: ftp://b',
    'subject: a b',
    'allow_skew: -1s',
    'colour: blue',
    'tls_key: /k',
    'nonsense',
    '[ Identities ]',
    '[ Peers ]',
    '[ Pears ]',
    '[ Peers',
    IDENTITY,
    IDENTITY.replace('ping', 'stop'),
    PEER,
    PEER.replace('com.x.z', 'com.x.a'),
    'com.x.z nope [ping]',
  );

  it('agree on whether there is an error, and call it the same', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 8 }), async (lines) => {
        const text = configText({ more: lines });
        const errors = (await findingsOf(text, 'x.conf')).filter(({ severity }) => severity === 'error');
        const thrown = await parseConfig(text, 'x.conf').catch((error: unknown) => error);
        expect(thrown instanceof ConfigError).toBe(errors.length > 0);
        if (!(thrown instanceof ConfigError)) return;
        expect(errors.map(({ where, message }) => `x.conf${where ? `:${where}` : ''}: ${message}`)).toContain(
          thrown.message,
        );
      }),
      { numRuns: 500 },
    );
  });
});

describe('a doubt', () => {
  it.each<[string, ConfigParts, string]>([
    ['a key given again', { more: ['subject: a', 'subject: b'] }, 'warning 5: subject is given again; this one counts'],
    ['the same peer twice', peers(PEER, PEER), 'warning 8: the same peer is given above (line 7)'],
    [
      'the same identity twice',
      { identities: [IDENTITY, IDENTITY] },
      'warning 6: the same identity is given above (line 5)',
    ],
    [
      'several keys under one name',
      peers(PEER, `com.x.z ${THIRD.publicKey} [ping]`),
      'warning 8: com.x.z is also the name of another key (line 7): each may answer for it',
    ],
    [
      'the own key under another name',
      peers(`com.x.a ${OWN.publicKey} [ping]`),
      `warning 7: ${OWN.publicKey.slice(0, 4)}… is this host’s own key, here as com.x.a and not as com.x.y`,
    ],
    [
      'the own name with another key',
      peers(`com.x.y ${OTHER.publicKey} [ping]`),
      'warning 7: com.x.y is this host’s own name, here with a key that is none of its identities',
    ],
    ['no peers', peers(), 'warning -: no peers: this host acts on nobody’s messages, and nobody’s answers count'],
    [
      'a peer without verbs',
      peers(`com.x.z ${OTHER.publicKey} []`),
      'warning 7: com.x.z may use no verb here: it can answer, and this host acts on none of its messages',
    ],
    [
      'an identity without verbs',
      { identities: [IDENTITY.replace('ping', '')] },
      'warning 5: this identity has no verbs: nothing can be sent with it',
    ],
    [
      'a reserved verb',
      peers(`com.x.z ${OTHER.publicKey} [ping, Reply]`),
      'warning 7: reply is reserved: nothing can be sent with it',
    ],
    [
      'a verb that looks like a pattern',
      peers(`com.x.z ${OTHER.publicKey} [dep*]`),
      'warning 7: the verb dep* is taken as it is written: only * alone stands for others',
    ],
    [
      'an empty part in a peer’s name',
      peers(`com..z ${OTHER.publicKey} [ping]`),
      'warning 7: com..z has an empty part: only patterns with the same empty part, or **, reach it',
    ],
    [
      'a dot at the end of the own name',
      { destination: 'destination: com.x.y.' },
      'warning 3: com.x.y. has an empty part: only patterns with the same empty part, or **, reach it',
    ],
    [
      'a key in the place of a name',
      peers(`${THIRD.publicKey} ${OTHER.publicKey} [ping]`),
      `warning 7: a key stands where a name should: of ${THIRD.publicKey.length} characters`,
    ],
    [
      'a tiny skew',
      { more: ['allow_skew: 99ms'] },
      'warning 4: allow_skew is 99 ms: messages that take longer, or clocks further apart, count for nothing',
    ],
    [
      'a huge skew',
      { more: ['allow_skew: 10m1s'] },
      'warning 4: allow_skew is 601 s: so long a message can be held back, and given to a host then',
    ],
  ])('is told of %s, and does not keep it from being used', async (_, parts, expected) => {
    const { findings, config } = await inspectText(configText(parts), 'x.conf');
    expect(findings.map(shortly)).toEqual([expected]);
    expect(config).toBeDefined();
    await parseConfig(configText(parts), 'x.conf');
  });

  it.each<[string, ConfigParts]>([
    ['a host that trusts itself', peers(`com.x.y ${OWN.publicKey} [ping]`)],
    ['any verb', peers(`com.x.z ${OTHER.publicKey} [*]`)],
    ['a skew of 100 ms', { more: ['allow_skew: 100ms'] }],
    ['a skew of 10 minutes', { more: ['allow_skew: 10m'] }],
    ['several servers', { server: 'server: nats://a, nats://b' }],
  ])('is not told of %s', async (_, parts) => {
    expect(await findingsOf(configText(parts))).toEqual([]);
  });
});
