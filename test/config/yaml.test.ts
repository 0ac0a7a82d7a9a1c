import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/config/load.ts';
import { configText, IDENTITY, OTHER, OWN, PEER, type YamlParts, yamlText } from '../helpers/config-text.ts';
import { configError, rejectionOf } from '../helpers/failures.ts';

const parse = (text: string) => parseConfig(text, '/etc/x.yaml');

/** What a configuration means, without where it is from. */
async function meaningOf(text: string, file: string): Promise<unknown> {
  const { file: _, warnings: __, ...rest } = await parseConfig(text, file);
  return JSON.parse(JSON.stringify(rest));
}

describe('the YAML form', () => {
  it('means what the line-based form means', async () => {
    expect(await meaningOf(yamlText(), 'x.yml')).toEqual(await meaningOf(configText(), 'x.conf'));
  });

  it('means it with every key', async () => {
    const text = `
servers:
  - nats://a:4222
  - tls://b:4222
credentials: /c.creds
subject: sub
default_identity: ${OTHER.publicKey}
destination: com.x.y
allow_skew: 1m30s
strict_replies: true
tls_ca: /ca.pem
tls_cert: /cert.pem
tls_key: /key.pem
identities:
  - {public_key: ${OWN.publicKey}, private_key: ${OWN.privateKey}, verbs: [ping]}
  - public_key: ${OTHER.publicKey}
    private_key: ${OTHER.privateKey}
    verbs: ["*"]
peers:
  - {destination: com.x.z, public_key: ${OTHER.publicKey}, verbs: [Ping, DEPLOY]}
  - {destination: com.x.y, public_key: ${OWN.publicKey}, verbs: []}
`;
    const lines = configText({
      server: 'server: nats://a:4222, tls://b:4222',
      credentials: 'credentials: /c.creds',
      more: [
        'subject: sub',
        `default_identity: ${OTHER.publicKey}`,
        'allow_skew: 1m30s',
        'strict_replies: true',
        'tls_ca: /ca.pem',
        'tls_cert: /cert.pem',
        'tls_key: /key.pem',
      ],
      identities: [IDENTITY, `${OTHER.publicKey} ${OTHER.privateKey} [*]`],
      peers: [PEER, `com.x.y ${OWN.publicKey} []`],
    });
    expect(await meaningOf(text, 'x.yaml')).toEqual(await meaningOf(lines, 'x.conf'));
  });

  it.each(['x.yaml', 'x.yml', 'X.YAML', 'dir.conf/x.Yml'])('is the form of a file named %s', async (file) => {
    expect(await parseConfig(yamlText(), file)).toMatchObject({ destination: 'com.x.y' });
  });

  it.each(['x.conf', 'x', 'yaml', 'x.yaml.bak'])('is not the form of a file named %s', async (file) => {
    expect(await parseConfig(configText(), file)).toMatchObject({ destination: 'com.x.y' });
  });

  it('can do without peers, or have them empty', async () => {
    for (const peers of [undefined, null, []]) expect((await parse(yamlText({ peers }))).peers).toEqual([]);
  });

  it('can have more peers than a call takes arguments', async () => {
    const { peers: _, ...others } = JSON.parse(yamlText());
    const list = `[&a {destination: com.x.z, public_key: ${OTHER.publicKey}, verbs: []}${', *a'.repeat(200_000)}]`;
    const config = await parse(`${JSON.stringify(others).slice(0, -1)}, peers: ${list}}`);
    expect(config.peers).toMatchObject([{ destination: 'com.x.z' }]);
  });

  it('takes one server as a text', async () => {
    expect((await parse(yamlText({ servers: 'nats://a' }))).servers).toEqual(['nats://a']);
  });

  it('takes 0 as the skew', async () => {
    expect((await parse(yamlText({ allow_skew: 0 }))).allowSkewMs).toBe(3000);
  });

  it('takes a name that looks like a number as it is written', async () => {
    const text = yamlText().replace('"com.x.y"', '1.10').replace('["ping","deploy"]', '[0x10, 1e3, 007]');
    const config = await parse(text);
    expect(config.destination).toBe('1.10');
    expect(config.peers[0]?.verbs).toEqual(['0x10', '1e3', '007']);
  });

  it('does not take a key without a value for one that is left out, as the line-based form does not', async () => {
    await expect(parseConfig(configText({ more: ['default_identity:'] }), 'x.conf')).rejects.toThrow(/has no value/);
    await expect(parse(yamlText({ default_identity: null }))).rejects.toThrow(/has no value/);
  });
});

describe('an unknown key in YAML', () => {
  it.each<[string, unknown]>([
    ['a text', 'blue'],
    ['a list', ['a', 'b']],
    ['a mapping', { a: 'b' }],
    ['nothing', null],
  ])('with %s as its value is accepted with a warning that names it', async (_, value) => {
    expect((await parse(yamlText({ colour: value }))).warnings).toEqual([expect.stringContaining('"colour"')]);
  });

  it('is told with the known key that it resembles', async () => {
    const { warnings } = await parse(yamlText({ strict_reply: true }));
    expect(warnings).toEqual([expect.stringMatching(/"strict_reply".*strict_replies/)]);
  });
});

describe('a fault of YAML itself is told with its line', () => {
  it.each([
    ['a tab as indentation', 'a: 1\nb:\n\t- x\n', 3],
    ['a list that is not closed', 'servers: [a\ndestination: x\n', 2],
    ['a quote that is not closed', 'a: 1\nb: "x\n', 3],
    ['a key twice', 'a: 1\nb: 2\na: 3\n', 3],
    ['an alias of nothing', 'a: 1\nb: *nothing\n', 2],
    ['a * as a verb without quotes', 'identities:\n  - verbs: [*]\n', 2],
  ])('%s', async (_, text, line) => {
    expect(await rejectionOf(parse(text))).toEqual(configError('syntax', line, /^\/etc\/x\.yaml:\d+: not YAML: /));
  });

  it.each([
    ['nothing', ''],
    ['a text', 'hello'],
    ['a list', '- a\n- b\n'],
    ['two documents', 'a: 1\n---\nb: 2\n'],
  ])('or as a fault of the file when it holds %s', async (_, text) => {
    expect(await rejectionOf(parse(text))).toMatchObject({ name: 'ConfigError', code: 'syntax', file: '/etc/x.yaml' });
  });
});

describe('a value in YAML is refused with its place, for', () => {
  const identity = { public_key: OWN.publicKey, private_key: OWN.privateKey, verbs: ['ping'] };
  const peer = { destination: 'com.x.z', public_key: OTHER.publicKey, verbs: ['ping'] };
  const { verbs: _, ...withoutVerbs } = peer;

  it.each<[string, YamlParts, string, RegExp]>([
    ['no servers', { servers: undefined }, 'missing', /no server/],
    ['an empty list of servers', { servers: [] }, 'missing', /no server/],
    ['servers that are a mapping', { servers: { a: 1 } }, 'syntax', /servers: expected a text/],
    ['a bad server', { servers: ['nats://a', 'ftp://b'] }, 'value', /servers\[1\]: .*expected an address/],
    ['no credentials', { credentials: undefined }, 'missing', /no credentials/],
    ['a destination with *', { destination: 'com.*' }, 'value', /destination: .*\*/],
    ['a destination that is a list', { destination: ['a'] }, 'syntax', /destination: expected a text/],
    ['no identities', { identities: [] }, 'missing', /no identities/],
    ['identities that are a mapping', { identities: identity }, 'syntax', /identities: expected a list/],
    ['an identity that is a text', { identities: ['x'] }, 'syntax', /identities\[0\]: expected a mapping/],
    [
      'an identity without private key',
      { identities: [{ ...identity, private_key: undefined }] },
      'syntax',
      /identities\[0\]\.private_key/,
    ],
    [
      'a foreign private key',
      { identities: [{ ...identity, private_key: OTHER.privateKey }] },
      'value',
      /identities\[0\]: .*does not belong/,
    ],
    ['a peer without verbs', { peers: [peer, withoutVerbs] }, 'missing', /peers\[1\]\.verbs: expected a list/],
    [
      'a peer with a private key',
      { peers: [{ ...peer, public_key: OTHER.privateKey }] },
      'value',
      /peers\[0\]: public key: .*got 64/,
    ],
    [
      'a verb that is a list',
      { peers: [{ ...peer, verbs: [['ping']] }] },
      'syntax',
      /peers\[0\]\.verbs\[0\]: expected a text/,
    ],
    ['a verb with a comma', { peers: [{ ...peer, verbs: ['a,b'] }] }, 'value', /peers\[0\]: .*commas/],
    [
      'a key twice with other verbs',
      { peers: [peer, { ...peer, verbs: [] }] },
      'conflict',
      /peers\[1\]: .*different verbs/,
    ],
    ['a bad skew', { allow_skew: 'soon' }, 'value', /allow_skew: expected a duration/],
    ['a bad truth', { strict_replies: 1 }, 'value', /strict_replies: expected true or false/],
  ])('%s', async (_, parts, code, message) => {
    const error = await rejectionOf(parse(yamlText(parts)));
    expect(error).toMatchObject({ name: 'ConfigError', code, file: '/etc/x.yaml' });
    expect(error.message).toMatch(message);
  });
});
