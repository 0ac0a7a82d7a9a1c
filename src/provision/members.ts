// The nodes of a network that is there already, by their configurations.

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../config/config.ts';
import { readTextFile } from '../config/file.ts';
import { parseConfig } from '../config/load.ts';
import type { Verbs } from '../protocol/verb.ts';
import { ProvisionError } from './errors.ts';
import { ACCOUNT_SEED_FILE, KEYS_DIRECTORY } from './network.ts';
import { isServerFile } from './server-config.ts';
import { readAccountSeed } from './tokens.ts';

/** A node of the network. */
export interface Member {
  /** path of its configuration */
  file: string;
  /** the whole file */
  text: string;
  /** its permissions */
  mode: number;
  config: Config;
}

/** A network's directory, read. */
export interface Network {
  directory: string;
  members: readonly Member[];
  /** what signs the credentials of nodes */
  account: ReturnType<typeof readAccountSeed>;
}

/**
 * Reads a directory that `init` made.
 *
 * @throws ProvisionError 'directory' when it is no such directory, 'keys' when its keys are not there or not its own;
 *   ConfigError when a node's configuration is damaged
 */
export async function readNetwork(directory: string): Promise<Network> {
  const names = listDirectory(directory);
  const configs = names.filter((name) => name.endsWith('.conf') && !isServerFile(name)).sort();
  const servers = names.filter(isServerFile);
  if (servers.length === 0 || configs.length === 0) {
    throw new ProvisionError(
      'directory',
      `${directory} is no directory that remaphore init made: ${
        servers.length === 0 ? 'there is no nats-server.conf' : 'there is no configuration of a node'
      }`,
    );
  }
  const account = readAccount(directory);
  const isTrusted = servers.some((name) => readFile(join(directory, name)).includes(account.getPublicKey()));
  if (!isTrusted) {
    throw new ProvisionError(
      'keys',
      `${join(directory, ACCOUNT_SEED_FILE)} is the seed of another network: ${servers.join(', ')} does not trust it`,
    );
  }
  const members: Member[] = [];
  for (const name of configs) {
    const file = join(directory, name);
    // What is not UTF-8 is refused here, so that nothing is lost when the text is written again.
    const config = await parseConfig(await readTextFile(file), file);
    members.push({ file, text: readFile(file), mode: statSync(file).mode & 0o7777, config });
  }
  return { directory, members, account };
}

function listDirectory(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const reasons: Record<string, string | undefined> = {
      ENOENT: 'there is no such directory',
      ENOTDIR: 'it is no directory',
      EACCES: 'this user may not read it',
    };
    throw new ProvisionError(
      'directory',
      `${directory}: ${reasons[code ?? ''] ?? `cannot be read (${code})`}`,
      code === 'ENOENT' ? 'without --add, remaphore init makes one' : undefined,
      { cause: error },
    );
  }
}

function readAccount(directory: string): Network['account'] {
  const file = join(directory, ACCOUNT_SEED_FILE);
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const isMissing = code === 'ENOENT' || code === 'ENOTDIR';
    const reason = isMissing ? 'is not there' : `cannot be read (${code})`;
    const hint = isMissing ? `bring ${KEYS_DIRECTORY}/ back from where it is kept` : undefined;
    throw new ProvisionError('keys', `${file}, which signs the credentials of nodes, ${reason}`, hint, {
      cause: error,
    });
  }
  return readAccountSeed(text, file);
}

function readFile(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new ProvisionError('directory', `${file}: cannot be read (${code})`, undefined, { cause: error });
  }
}

/**
 * The one value that all nodes have.
 *
 * @param describe a value as text, by which they are compared
 * @throws ProvisionError naming two nodes that differ
 */
export function agreeOn<T>(
  members: readonly Member[],
  what: 'verbs' | 'subject' | 'server',
  read: (config: Config) => T,
  describe: (value: T) => string,
  hint: string,
): T {
  const [first, ...others] = members as [Member, ...Member[]];
  const value = read(first.config);
  for (const { config } of others) {
    if (describe(read(config)) === describe(value)) continue;
    const [one, other] = [first.config, config].map((each) => `${each.destination} has ${describe(read(each))}`);
    throw new ProvisionError(what, `the nodes do not have the same ${what}: ${one}, ${other}`, hint);
  }
  return value;
}

/** What the other nodes all grant a node, which is what a new one should; if there is no other, what it may send. */
export function commonGrants(member: Member, members: readonly Member[]): Verbs {
  const { publicKey, verbs } = member.config.defaultIdentity;
  const grants = members
    .filter((other) => other !== member)
    .map(({ config }) => config.peers.find((peer) => peer.publicKey === publicKey)?.verbs ?? []);
  return grants.length === 0 ? verbs : grants.reduce(intersect);
}

function intersect(a: Verbs, b: Verbs): Verbs {
  if (a.includes('*')) return b;
  return b.includes('*') ? a : a.filter((verb) => b.includes(verb));
}
