import { describe, expect, it } from 'vitest';
import type { ConfigErrorCode } from '../../src/config/errors.ts';
import { parseConfig } from '../../src/config/load.ts';
import { type ConfigParts, configText, IDENTITY, OTHER, OWN, PEER } from '../helpers/config-text.ts';
import { configError, rejectionOf } from '../helpers/failures.ts';

type Case = [title: string, parts: ConfigParts, code: ConfigErrorCode, line: number | undefined, message: RegExp];

const pair = (name: string, secret: string, verbs = '[ping]') => ({ identities: [`${name} ${secret} ${verbs}`] });
const peer = (name: string, key: string, verbs = '[ping]') => ({ peers: [`${name} ${key} ${verbs}`] });
const more = (...lines: string[]) => ({ more: lines });

const missing: Case[] = [
  ['no server', { server: '' }, 'missing', undefined, /no server: expected .*nats:\/\//],
  ['a server without a value', { server: 'server:' }, 'missing', undefined, /no server/],
  ['no credentials', { credentials: '' }, 'missing', undefined, /no credentials: expected .*none/],
  ['credentials without a value', { credentials: 'credentials:' }, 'value', 2, /credentials has no value/],
  ['no destination', { destination: '' }, 'missing', undefined, /no destination: expected/],
  ['a destination that is a comment', { destination: 'destination: # later' }, 'value', 3, /destination has no value/],
  ['no identities', { identities: [] }, 'missing', undefined, /no identities: expected .*Identities/],
  ['a tls_cert without its key', more('tls_cert: /c.pem'), 'missing', 4, /tls_key/],
  ['a tls_key without its certificate', more('tls_key: /k.pem'), 'missing', 4, /tls_cert/],
  ['a subject without a value', more('subject:'), 'value', 4, /subject has no value/],
];

const servers: Case[] = [
  'http://a:4222',
  'nats://',
  'nats://a:port',
  'nats://a:99999',
  'nats://a:0',
  'a b',
  'nats://a/x',
]
  .map((server): Case => [`the server "${server}"`, { server: `server: ${server}` }, 'value', 1, /expected an address/])
  .concat([
    ['the second of two servers', { server: 'server: nats://a,ftp://b' }, 'value', 1, /expected an address/],
    ['a user in a server', { server: 'server: nats://u:p@a:4222' }, 'value', 1, /user in the address/],
  ]);

const values: Case[] = [
  ['a private key as a value', more(`tls_ca: ${OWN.privateKey}`), 'value', 4, /tls_ca: a private key does not belong/],
  [
    'a NATS seed instead of its file',
    { credentials: `credentials: SU${'A'.repeat(56)}` },
    'value',
    2,
    /does not belong/,
  ],
  [
    'a token instead of its file',
    { credentials: 'credentials: eyJ0eXAiOiJKV1QifQ.eyJqdGkiOiJYIn0.c2ln' },
    'value',
    2,
    /credentials: a token does not belong here$/,
  ],
  ['a private key as a server', { server: `server: ${OWN.privateKey}` }, 'value', 1, /expected an address/],
  ['a destination with *', { destination: 'destination: com.*' }, 'value', 3, /without \*/],
  ['the destination **', { destination: 'destination: **' }, 'value', 3, /without \*/],
  ['a destination with a comma', { destination: 'destination: a,b' }, 'value', 3, /comma/],
  ['a destination with a space', { destination: 'destination: com x' }, 'value', 3, /white space/],
  ['a subject with a wildcard', more('subject: a.*'), 'value', 4, /subject: .*\*/],
  ['a subject with a space', more('subject: a b'), 'value', 4, /subject: .*white space/],
  ['a subject that ends in a dot', more('subject: a.'), 'value', 4, /subject: .*dot/],
  ['a skew that is no duration', more('allow_skew: soon'), 'value', 4, /allow_skew: expected a duration like/],
  ['a skew without a unit', more('allow_skew: 5'), 'value', 4, /allow_skew: expected a duration like/],
  ['a skew in days', more('allow_skew: 1d'), 'value', 4, /allow_skew: expected a duration like/],
  ['a negative skew', more('allow_skew: -3s'), 'value', 4, /negative/],
  ['strict_replies that is no truth', more('strict_replies: yes'), 'value', 4, /true or false/],
  ['a default_identity that is none', more('default_identity: zz'), 'value', 4, /one of the identities/],
  ['a peer as default_identity', more(`default_identity: ${OTHER.publicKey}`), 'value', 4, /one of the identities/],
];

const entries: Case[] = [
  ['a public key that is none', pair('abc', OWN.privateKey), 'value', 5, /public key: expected 32 bytes.*got/],
  ['a peer whose key anybody can sign for', peer('com.x.z', '1'.repeat(32)), 'value', 7, /anybody could sign/],
  ['a private key that is none', pair(OWN.publicKey, 'abc'), 'value', 5, /private key: expected 64 bytes.*got/],
  ['two public keys', pair(OWN.publicKey, OWN.publicKey), 'value', 5, /private key: expected 64 bytes.*got 32/],
  [
    'keys the other way round',
    pair(OWN.privateKey, OWN.publicKey),
    'value',
    5,
    /public key: expected 32 bytes.*got 64/,
  ],
  ['a foreign private key', pair(OWN.publicKey, OTHER.privateKey), 'value', 5, /does not belong/],
  ['an identity without verbs', { identities: [`${OWN.publicKey} ${OWN.privateKey}`] }, 'syntax', 5, /expected a line/],
  ['verbs without brackets', pair(OWN.publicKey, OWN.privateKey, 'ping'), 'syntax', 5, /expected a line/],
  ['an open bracket', pair(OWN.publicKey, OWN.privateKey, '[ping'), 'syntax', 5, /expected a line/],
  ['words after the verbs', pair(OWN.publicKey, OWN.privateKey, '[ping] x'), 'syntax', 5, /expected a line/],
  ['an empty verb', pair(OWN.publicKey, OWN.privateKey, '[ping,]'), 'value', 5, /separated by commas/],
  ['verbs without commas', pair(OWN.publicKey, OWN.privateKey, '[ping deploy]'), 'value', 5, /separated by commas/],
  ['a peer with a private key', peer('com.x.z', OTHER.privateKey), 'value', 7, /public key: expected 32 bytes.*got 64/],
  ['a peer whose key is none', peer('com.x.z', 'nope'), 'value', 7, /public key: expected 32 bytes/],
  ['a peer with *', peer('com.*', OTHER.publicKey), 'value', 7, /\*/],
  ['a peer with a comma', peer('a,b', OTHER.publicKey), 'value', 7, /comma/],
  ['a peer the other way round', peer(OTHER.publicKey, 'com.x.z'), 'value', 7, /public key/],
];

const conflicts: Case[] = [
  ['another destination', { peers: [PEER, PEER.replace('com.x.z', 'com.x.a')] }, 'conflict', 8, /another destination/],
  ['other verbs', { peers: [PEER, PEER.replace('deploy', 'stop')] }, 'conflict', 8, /different verbs/],
  [
    'an identity’s other verbs',
    { identities: [IDENTITY, IDENTITY.replace('ping', '*')] },
    'conflict',
    6,
    /different verbs/,
  ],
];

async function expectRefusal(text: string, code: ConfigErrorCode, line: number | undefined, message: RegExp) {
  const error = await rejectionOf(parseConfig(text, '/etc/x.conf'));
  expect(error).toEqual(configError(code, line, message));
  expect(error).toMatchObject({ file: '/etc/x.conf' });
  expect(error.message).toMatch(line === undefined ? /^\/etc\/x\.conf: / : new RegExp(`^/etc/x\\.conf:${line}: `));
}

describe('a configuration is refused, with file, line and what was expected, for', () => {
  it.each([...missing, ...servers, ...values, ...entries])('%s', async (_, parts, code, line, message) => {
    await expectRefusal(configText(parts), code, line, message);
  });
});

describe('a key given twice is refused for', () => {
  it.each(conflicts)('%s', async (_, parts, code, line, message) => {
    await expectRefusal(configText(parts), code, line, message);
  });
});

describe('a line that is nothing is refused', () => {
  it('above the sections', async () => {
    await expectRefusal(configText({ more: ['whatever'] }), 'syntax', 4, /expected `key: value`/);
  });

  it('as a section that is not closed', async () => {
    const text = configText().replace('[ Peers ]', '[ Peers');
    await expectRefusal(text, 'syntax', 6, /expected a section such as/);
  });

  it('as an entry above its section', async () => {
    await expectRefusal(configText({ more: [IDENTITY] }), 'syntax', 4, /expected `key: value` or a \[ Section \]/);
  });
});
