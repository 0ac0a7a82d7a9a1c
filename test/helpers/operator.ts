// A nats-server's users in JWT operator mode: an operator, its system account, and one account whose users prove
// themselves with credentials files.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeAccount, encodeOperator, encodeUser, fmtCreds, type Permissions } from '@nats-io/jwt';
import { createAccount, createOperator, createUser } from '@nats-io/nkeys';

/** What a user may do, and until when. */
export interface UserSettings {
  permissions?: Partial<Permissions>;
  /** Unix time in seconds */
  expires?: number;
  /** how many subscriptions it may have; -1: any number */
  subs?: number;
}

/** A user of a test's account. */
export interface TestUser {
  /** the user's nkey, which begins with U */
  publicKey: string;
  /** path of the credentials file */
  credentials: string;
}

/** An operator with one account for its users. */
export interface TestOperator {
  /** Writes a new user's credentials file. */
  createUser(name: string, settings?: UserSettings): Promise<TestUser>;
  /**
   * Lines for the server's configuration.
   *
   * @param revoked nkeys of users that are no longer let in
   */
  settings(revoked?: readonly string[]): Promise<string>;
}

/** A missing limit counts as 0. */
const UNLIMITED = { subs: -1, data: -1, payload: -1, imports: -1, exports: -1, wildcards: true, conn: -1, leaf: -1 };

/** The same, for streams. */
const JETSTREAM_UNLIMITED = { mem_storage: -1, disk_storage: -1, streams: -1, consumer: -1 };

/** Creates an operator with its accounts; credentials files go to `directory`. */
export async function createTestOperator(directory: string): Promise<TestOperator> {
  const [operator, system, account] = [createOperator(), createAccount(), createAccount()];
  const operatorJwt = await encodeOperator('test', operator, { system_account: system.getPublicKey() });
  const systemJwt = await encodeAccount('SYS', system, { limits: UNLIMITED }, { signer: operator });
  return {
    async createUser(name, { permissions = {}, expires, subs = -1 } = {}) {
      const user = createUser();
      const jwt = await encodeUser(
        name,
        user,
        account,
        { ...permissions, subs },
        expires === undefined ? {} : { exp: expires },
      );
      const credentials = join(directory, `${name}.creds`);
      writeFileSync(credentials, fmtCreds(jwt, user), { mode: 0o600 });
      return { publicKey: user.getPublicKey(), credentials };
    },
    async settings(revoked = []) {
      // A user is revoked when the token was issued before this time.
      const revocations = Object.fromEntries(revoked.map((key) => [key, Math.floor(Date.now() / 1000) + 1]));
      const accountJwt = await encodeAccount(
        'hosts',
        account,
        { limits: { ...UNLIMITED, ...JETSTREAM_UNLIMITED }, revocations },
        { signer: operator },
      );
      return [
        `operator: ${operatorJwt}`,
        `system_account: ${system.getPublicKey()}`,
        'resolver: MEMORY',
        'resolver_preload: {',
        `  ${system.getPublicKey()}: ${systemJwt}`,
        `  ${account.getPublicKey()}: ${accountJwt}`,
        '}',
      ].join('\n');
    },
  };
}
