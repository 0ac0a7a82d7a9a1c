import { type Account, decode, parseCreds, type User } from '@nats-io/jwt';
import { describe, expect, it } from 'vitest';
import { streamName } from '../../src/protocol/streams.ts';
import {
  createNetworkKeys,
  formatSeed,
  issueCredentials,
  issueServerTokens,
  jetStreamCalls,
  readAccountSeed,
} from '../../src/provision/tokens.ts';
import { parseCredentials } from '../../src/transport/credentials.ts';

const keys = createNetworkKeys();

describe('the tokens of a network', () => {
  it('limit the nodes’ account in nothing, JetStream included', async () => {
    const { accounts } = await issueServerTokens(keys);
    const { iss, nats } = decode<Account>(accounts.get(keys.account.getPublicKey()) ?? '');
    const jetStream = { mem_storage: -1, disk_storage: -1, streams: -1, consumer: -1 };
    const limits = { subs: -1, conn: -1, leaf: -1, imports: -1, exports: -1, data: -1, payload: -1, wildcards: true };
    expect(nats.limits).toEqual({ ...limits, ...jetStream });
    expect(iss).toBe(keys.operator.getPublicKey());
  });

  it('say nothing of JetStream for the system account, which the operator names', async () => {
    const { accounts, operator, systemAccount } = await issueServerTokens(keys);
    expect(systemAccount).toBe(keys.system.getPublicKey());
    expect(decode(operator).nats).toMatchObject({ system_account: systemAccount });
    const { nats } = decode<Account>(accounts.get(systemAccount) ?? '');
    expect(Object.keys(nats.limits ?? {}).filter((name) => /storage|streams|consumer/.test(name))).toEqual([]);
  });

  it('let a user do what this program does and nothing else', async () => {
    const text = await issueCredentials('com.x.y', keys.account, 'a.b');
    const { uc } = await parseCreds(Buffer.from(text));
    const { pub, sub, resp } = uc.nats as User;
    expect({ pub, sub, resp }).toEqual({
      pub: { allow: ['a.b.>', ...jetStreamCalls('a.b')], deny: [] },
      sub: { allow: ['a.b.>', '_INBOX.>'], deny: [] },
      resp: undefined,
    });
    expect(uc).toMatchObject({ iss: keys.account.getPublicKey(), name: 'com.x.y' });
    expect(() => parseCredentials(text, 'x.creds')).not.toThrow();
  });

  it('are for a user of its own each time', async () => {
    const [one, other] = await Promise.all([1, 2].map(() => issueCredentials('x', keys.account, 'a')));
    const subject = async (text = '') => (await parseCreds(Buffer.from(text))).uc.sub;
    expect(await subject(one)).not.toBe(await subject(other));
  });
});

describe('the calls to JetStream that a node may make', () => {
  const calls = jetStreamCalls('a.b');

  it('are on its network’s two streams alone, or ask whether there are any', () => {
    const own = [streamName('a.b', 'history'), streamName('a.b', 'coordination')];
    const others = calls.filter((call) => !own.some((name) => call.split('.').includes(name)));
    expect(others).toEqual(['$JS.API.INFO']);
  });

  it('do not change or delete the stream that locks are in, nor what any stream holds', () => {
    const name = streamName('a.b', 'coordination');
    expect(calls.filter((call) => /STREAM[.](UPDATE|DELETE)/.test(call) && call.endsWith(name))).toEqual([]);
    expect(calls.filter((call) => /PURGE|MSG[.]DELETE/.test(call))).toEqual([]);
  });
});

describe('an account’s seed', () => {
  it('makes the same keys again', () => {
    const text = formatSeed(keys.account);
    expect(readAccountSeed(text, 'x').getPublicKey()).toBe(keys.account.getPublicKey());
  });

  it.each([
    ['nothing', ''],
    ['a public key', keys.account.getPublicKey()],
    ['another kind', formatSeed(keys.operator)],
    ['a changed letter', formatSeed(keys.account).replace(/(?<=^.{20})./, (letter) => (letter === 'A' ? 'B' : 'A'))],
    ['half of it', formatSeed(keys.account).slice(0, 30)],
  ])('that is %s is refused without being shown', (_, text) => {
    let error: unknown;
    try {
      readAccountSeed(text, 'dir/account.seed');
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toMatchObject({
      name: 'ProvisionError',
      code: 'keys',
      message: 'dir/account.seed: expected the seed of an account, which begins with SA',
    });
  });
});
