// From texts to a configuration: every value is checked here, whichever form it was written in, and whether it is
// loaded or inspected.

import type { Config, Identity, Peer } from './config.ts';
import { checkIdentities, checkPeers } from './entries.ts';
import { formatWhere } from './errors.ts';
import type { Fail } from './faults.ts';
import { findOddities } from './oddities.ts';
import type { RawConfig, RawValue } from './raw.ts';
import {
  checkBoolean,
  checkCredentials,
  checkDestination,
  checkServers,
  checkSkew,
  checkSubject,
  checkTls,
  createFind,
} from './values.ts';

/**
 * Checks what was read and makes a configuration of it. Peers are checked when they are first asked for.
 *
 * @param raw the texts of either form
 * @param file the file's name
 * @param fail told of each fault
 * @returns undefined when `fail` was told of one without which there is no configuration: in any of the values above
 *   the sections, or so that no identity is left
 */
export function checkConfig(raw: RawConfig, file: string, fail: Fail): Config | undefined {
  let isSound = true;
  const failValue: Fail = (...fault) => {
    isSound = false;
    return fail(...fault);
  };
  const find = createFind(raw, failValue);
  const servers = checkServers(raw.values.get('server') ?? [], failValue);
  const credentials = checkCredentials(find, raw, failValue);
  const destination = checkDestination(find, raw, failValue);
  const subject = checkSubject(find('subject'), failValue);
  const identities = checkIdentities(raw.identities, fail);
  if (identities.length === 0 && raw.identities.length === 0) {
    const message = 'no identities: expected a section [ Identities ] with a line for each key pair';
    fail('missing', undefined, message, 'make a key pair with remaphore keygen');
  }
  const defaultIdentity = chooseDefault(find('default_identity'), identities, raw, failValue);
  const tls = checkTls(find, failValue);
  const allowSkewMs = checkSkew(find('allow_skew'), failValue);
  const strictReplies = checkBoolean('strict_replies', find('strict_replies'), failValue);
  const state = find('state');
  if (!isSound || credentials === undefined || destination === undefined || defaultIdentity === undefined) {
    return undefined;
  }

  let peers: readonly Peer[] | undefined;
  return {
    file,
    servers,
    credentials: credentials.toLowerCase() === 'none' ? undefined : credentials,
    tls,
    subject,
    destination,
    defaultIdentity,
    identities,
    get peers() {
      peers ??= checkPeers(raw, fail);
      return peers;
    },
    allowSkewMs,
    strictReplies,
    state: state?.text,
    warnings: findOddities(raw).map(({ where, message }) => `${formatWhere(file, where)}: ${message}`),
  };
}

function chooseDefault(
  wanted: RawValue | undefined,
  identities: readonly Identity[],
  raw: RawConfig,
  fail: Fail,
): Identity | undefined {
  if (wanted === undefined) return identities[0];
  const named = identities.find(({ publicKey }) => publicKey === wanted.text);
  // Of one that is there and cannot be used it has been said why.
  if (named !== undefined || raw.identities.some(({ name }) => name === wanted.text)) return named;
  const message = 'default_identity: expected the public key of one of the identities';
  return fail('value', wanted.where, message, 'copy it from the line under [ Identities ], or remove this one');
}
