import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/config/load.ts';
import { configText, IDENTITY, OTHER, OWN, PEER } from '../helpers/config-text.ts';

const parse = (text: string) => parseConfig(text, '/etc/x.conf');

describe('the line-based form', () => {
  it('takes servers from several lines and from one with commas, in their order', async () => {
    const server = 'server: nats://a:4222, tls://b\nServer: c:4223 ,nats://[::1]:4222';
    expect((await parse(configText({ server }))).servers).toEqual([
      'nats://a:4222',
      'tls://b',
      'c:4223',
      'nats://[::1]:4222',
    ]);
  });

  it('does not mind tabs, further spaces, or space around the colon', async () => {
    const config = await parse(
      configText({
        destination: '\t destination \t :\tcom.x.y  ',
        identities: [`  ${OWN.publicKey}\t\t${OWN.privateKey}   [ ping ,deploy,\tx ]\t`],
        peers: [`com.x.z   ${OTHER.publicKey}\t[*]`],
      }),
    );
    expect(config.destination).toBe('com.x.y');
    expect(config.identities[0]?.verbs).toEqual(['ping', 'deploy', 'x']);
    expect(config.peers[0]?.verbs).toEqual(['*']);
  });

  it('takes a comment anywhere in a line', async () => {
    const text = configText({
      server: 'server: nats://a:4222# first',
      more: ['subject: sub # the subject', '#destination: com.other'],
      identities: [`${IDENTITY}# mine`, '# none'],
      peers: [`${PEER} # left`],
    }).replace('[ Peers ]', '[ Peers ] # whom to trust');
    expect(await parse(text)).toMatchObject({ servers: ['nats://a:4222'], subject: 'sub', destination: 'com.x.y' });
  });

  it('takes CRLF line ends, a byte order mark and a missing last newline', async () => {
    const text = `\ufeff${configText().trimEnd().replaceAll('\n', '\r\n')}`;
    expect(await parse(text)).toMatchObject({ destination: 'com.x.y', warnings: [] });
  });

  it('takes keys and section names in any case', async () => {
    const text = configText({ more: ['ALLOW_SKEW: 1m', 'Strict_Replies: TRUE', 'TLS_CA: /ca.pem'] })
      .replace('[ Identities ]', '[IDENTITIES]')
      .replace('[ Peers ]', '[peers]');
    expect(await parse(text)).toMatchObject({ allowSkewMs: 60_000, strictReplies: true, tls: { ca: '/ca.pem' } });
  });

  it('keeps the case of paths', async () => {
    const config = await parse(configText({ credentials: 'credentials: /Path/To/User.creds' }));
    expect(config.credentials).toBe('/Path/To/User.creds');
  });

  it('takes credentials: none, in any case, for a server that wants none', async () => {
    expect((await parse(configText({ credentials: 'credentials: NONE' }))).credentials).toBeUndefined();
  });

  it('takes a skew of 0 for the default of 3 s', async () => {
    expect((await parse(configText({ more: ['allow_skew: 0'] }))).allowSkewMs).toBe(3000);
    expect((await parse(configText())).allowSkewMs).toBe(3000);
  });

  it('takes decimals in the skew', async () => {
    expect((await parse(configText({ more: ['allow_skew: 1.5s'] }))).allowSkewMs).toBe(1500);
  });

  it('takes the first identity for the default one, unless another is named', async () => {
    const identities = [IDENTITY, `${OTHER.publicKey} ${OTHER.privateKey} [deploy]`];
    expect((await parse(configText({ identities }))).defaultIdentity.publicKey).toBe(OWN.publicKey);
    const more = [`default_identity: ${OTHER.publicKey}`];
    expect((await parse(configText({ identities, more }))).defaultIdentity.publicKey).toBe(OTHER.publicKey);
  });

  it('lets [] allow no verb', async () => {
    expect((await parse(configText({ peers: [`com.x.z ${OTHER.publicKey} [ ]`] }))).peers[0]?.verbs).toEqual([]);
  });

  it('lowers the case of verbs', async () => {
    const config = await parse(configText({ peers: [`com.x.z ${OTHER.publicKey} [Ping, DEPLOY]`] }));
    expect(config.peers[0]?.verbs).toEqual(['ping', 'deploy']);
  });

  it('can do without peers', async () => {
    expect((await parse(configText({ peers: [] }))).peers).toEqual([]);
  });

  it('lets several keys have one destination', async () => {
    const peers = [PEER, `com.x.z ${OWN.publicKey} [ping]`];
    expect((await parse(configText({ peers }))).peers).toHaveLength(2);
  });

  it('takes the same line twice for one, in whatever order its verbs are', async () => {
    const peers = [PEER, `com.x.z ${OTHER.publicKey} [deploy, PING]`];
    const config = await parse(configText({ peers, identities: [IDENTITY, IDENTITY] }));
    expect(config.peers).toHaveLength(1);
    expect(config.identities).toHaveLength(1);
  });

  it('lets sections come in any order and again', async () => {
    const text = configText({ identities: [] });
    expect(await parse(`${text}[ Identities ]\n${IDENTITY}\n[Peers]\ncom.own ${OWN.publicKey} [*]\n`)).toMatchObject({
      identities: [{ publicKey: OWN.publicKey }],
      peers: [{ destination: 'com.x.z' }, { destination: 'com.own' }],
    });
  });

  it('takes files for TLS', async () => {
    const more = ['tls_ca: /ca.pem', 'tls_cert: /cert.pem', 'tls_key: /key.pem'];
    expect((await parse(configText({ more }))).tls).toEqual({ ca: '/ca.pem', cert: '/cert.pem', key: '/key.pem' });
  });
});

describe('a warning', () => {
  const warningsOf = async (text: string) => (await parse(text)).warnings;

  it('is not given for a good configuration', async () => {
    expect(await warningsOf(configText({ more: ['subject: sub', 'strict_replies: false'] }))).toEqual([]);
  });

  it('names an unknown key, its line, and the known one that it resembles', async () => {
    expect(await warningsOf(configText({ more: ['strict_reply: true'] }))).toEqual([
      expect.stringMatching(/^\/etc\/x\.conf:4: .*"strict_reply".*strict_replies/),
    ]);
  });

  it.each([
    ['sever', 'server'],
    ['subjetc', 'subject'],
    ['allowskew', 'allow_skew'],
    ['default-identity', 'default_identity'],
    ['tls_crt', 'tls_cert'],
  ])('takes %s for %s', async (key, meant) => {
    expect(await warningsOf(configText({ more: [`${key}: x`] }))).toEqual([expect.stringContaining(`(${meant}?)`)]);
  });

  it('names no known key for one that resembles none', async () => {
    const [warning] = await warningsOf(configText({ more: ['colour: blue'] }));
    expect(warning).toContain('"colour"');
    expect(warning).not.toContain('?');
  });

  it('names an unknown section and its line', async () => {
    const text = `${configText()}[ Pears ]\ncom.x.z anything goes\n`;
    expect(await warningsOf(text)).toEqual([expect.stringMatching(/^\/etc\/x\.conf:8: .*\[ pears \].*\[ Peers \]/i)]);
  });

  it('says that a key is given again, and the last one counts', async () => {
    const config = await parse(configText({ more: ['subject: one', 'subject: two'] }));
    expect(config.subject).toBe('two');
    expect(config.warnings).toEqual([expect.stringMatching(/:5: subject is given again/)]);
  });
});
