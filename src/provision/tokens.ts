// Tokens of NATS' operator mode: the operator signs the accounts' tokens, the account its users'. A server that is given
// the operator's and the accounts' needs to know of no user.
// https://docs.nats.io/running-a-nats-service/configuration/securing_nats/auth_intro/jwt

import { Buffer } from 'node:buffer';
import {
  createAccount,
  createOperator,
  createUser,
  decode,
  encodeAccount,
  encodeOperator,
  encodeUser,
  fmtCreds,
  fromSeed,
  type KeyPair,
} from '@nats-io/jwt';
import { streamName } from '../protocol/streams.ts';
import { ProvisionError } from './errors.ts';

/** The JetStream calls that this program makes on any stream of its own, with the stream's name for %. */
const STREAM_CALLS = [
  '$JS.API.STREAM.CREATE.%',
  '$JS.API.STREAM.INFO.%',
  '$JS.API.STREAM.MSG.GET.%',
  '$JS.API.CONSUMER.CREATE.%.>',
  '$JS.API.CONSUMER.INFO.%.*',
  '$JS.API.CONSUMER.DELETE.%.*',
  '$JS.API.CONSUMER.LIST.%',
  '$JS.API.CONSUMER.MSG.NEXT.%.*',
  '$JS.ACK.%.>',
];

/** And those on the history alone: who could change the limits of the other stream could break locks. */
const HISTORY_CALLS = ['$JS.API.STREAM.UPDATE.%', '$JS.API.STREAM.DELETE.%'];

/** Where a client gets the answers to its requests. */
const INBOXES = '_INBOX.>';

/** A limit that is missing from an account's token counts as 0. */
const UNLIMITED = { subs: -1, conn: -1, leaf: -1, imports: -1, exports: -1, data: -1, payload: -1, wildcards: true };

/** A system account with these is refused by the server. */
const JETSTREAM_UNLIMITED = { mem_storage: -1, disk_storage: -1, streams: -1, consumer: -1 };

/** What signs a network's tokens. */
export interface NetworkKeys {
  operator: KeyPair;
  /** the account for the server's own events */
  system: KeyPair;
  /** the nodes' account */
  account: KeyPair;
}

/** A network's tokens for its servers. */
export interface ServerTokens {
  operator: string;
  /** by the account's public key */
  accounts: Map<string, string>;
  /** public key */
  systemAccount: string;
}

/** Fresh keys. */
export function createNetworkKeys(): NetworkKeys {
  return { operator: createOperator(), system: createAccount(), account: createAccount() };
}

/** What the servers are to trust. */
export async function issueServerTokens({ operator, system, account }: NetworkKeys): Promise<ServerTokens> {
  const systemAccount = system.getPublicKey();
  const signed = { signer: operator };
  const limits = { ...UNLIMITED, ...JETSTREAM_UNLIMITED };
  return {
    operator: await encodeOperator('remaphore', operator, { system_account: systemAccount }),
    accounts: new Map([
      [systemAccount, await encodeAccount('SYS', system, { limits: UNLIMITED }, signed)],
      [account.getPublicKey(), await encodeAccount('remaphore', account, { limits }, signed)],
    ]),
    systemAccount,
  };
}

/**
 * The text of a credentials file for a new user, who may use what lies below the subject and what this program needs of
 * the server, and nothing else.
 *
 * @param node the node's destination, which the server's log will name
 * @param account the key pair of the nodes' account
 */
export async function issueCredentials(node: string, account: KeyPair, subject: string): Promise<string> {
  const user = createUser();
  const token = await encodeUser(node, user, account, {
    pub: { allow: [`${subject}.>`, ...jetStreamCalls(subject)], deny: [] },
    sub: { allow: [`${subject}.>`, INBOXES], deny: [] },
  });
  return Buffer.from(fmtCreds(token, user)).toString('utf8');
}

/** The subjects of the calls to JetStream that a node of a network makes; a user may make no others. */
export function jetStreamCalls(subject: string): string[] {
  const history = streamName(subject, 'history');
  const coordination = streamName(subject, 'coordination');
  const calls = (patterns: readonly string[], stream: string) => patterns.map((call) => call.replace('%', stream));
  return ['$JS.API.INFO', ...calls([...STREAM_CALLS, ...HISTORY_CALLS], history), ...calls(STREAM_CALLS, coordination)];
}

/** A key pair's seed as text, from which `readSeed` makes it again. */
export function formatSeed(keys: KeyPair): string {
  return `${Buffer.from(keys.getSeed()).toString('utf8')}\n`;
}

/**
 * @param text a seed
 * @param file its name, for errors
 * @throws ProvisionError 'keys'
 */
export function readAccountSeed(text: string, file: string): KeyPair {
  try {
    const keys = fromSeed(Buffer.from(text.trim(), 'utf8'));
    if (keys.getPublicKey().startsWith('A')) return keys;
  } catch {
    // What the library says of it may show it.
  }
  throw new ProvisionError('keys', `${file}: expected the seed of an account, which begins with SA`);
}

/** The public key that signed a token; undefined when the text is none, or was changed. */
export function findIssuer(token: string): string | undefined {
  try {
    return decode(token).iss;
  } catch {
    return undefined;
  }
}
