import { generateKeyPairSync } from 'node:crypto';
import { encodeBase58 } from '../protocol/base58.ts';
import { PUBLIC_KEY_BYTES, SEED_BYTES } from '../protocol/constants.ts';
import {
  formatIdentity,
  formatPeer,
  IDENTITIES_HEADING,
  type KeyTexts,
  PEERS_HEADING,
  SECRECY_NOTE,
} from './format.ts';

/** A fresh ed25519 key pair as configurations hold it, both halves in base58. */
export function createKeyPair(): KeyTexts {
  const pair = generateKeyPairSync('ed25519', {
    publicKeyEncoding: { type: 'spki', format: 'der' },
    privateKeyEncoding: { type: 'pkcs8', format: 'der' },
  });
  // Both forms end with the key's own bytes (RFC 8410 §4 and §7).
  const publicKey = pair.publicKey.subarray(-PUBLIC_KEY_BYTES);
  const seed = pair.privateKey.subarray(-SEED_BYTES);
  return { publicKey: encodeBase58(publicKey), privateKey: encodeBase58(Buffer.concat([seed, publicKey])) };
}

/**
 * An example configuration that works as it stands: a node that trusts itself, by a server on this machine that
 * wants no credentials.
 *
 * @param keys a key pair, both halves in base58
 * @param form 'lines', or 'yaml'
 */
export function formatExample(keys: KeyTexts, form: 'lines' | 'yaml'): string {
  return form === 'yaml' ? formatYamlExample(keys) : formatLinesExample(keys);
}

/** The same in both forms. */
const FURTHER_KEYS = `\
# default_identity: <public key>       # the first identity, if not given
# strict_replies: true                 # once no host runs an older implementation
# state: /var/lib/remaphore           # where receivers note what they have accepted
# tls_ca: /etc/remaphore/ca.pem        # if the server's certificate is not from a public authority
# tls_cert: /etc/remaphore/cert.pem    # if the server asks for a client certificate
# tls_key: /etc/remaphore/key.pem`;

function formatLinesExample(keys: KeyTexts): string {
  return `${SECRECY_NOTE}

server: nats://127.0.0.1:4222          # repeat the line for failover; tls://host:4222 insists on TLS
credentials: none                      # or the path of a NATS credentials file, mode 640
subject: remaphore                     # the same on every host
destination: com.example.host          # this host's name, most general part first
allow_skew: 3s                         # how far another host's clock may be from this one

${FURTHER_KEYS}

${IDENTITIES_HEADING}
${formatIdentity(keys, ['ping'])}

${PEERS_HEADING}
# This host trusts itself, to try things out. Put the other hosts' public keys here.
${formatPeer('com.example.host', keys.publicKey, ['ping'])}
`;
}

function formatYamlExample({ publicKey, privateKey }: KeyTexts): string {
  return `${SECRECY_NOTE}

servers: ["nats://127.0.0.1:4222"]     # several for failover; tls://host:4222 insists on TLS
credentials: none                      # or the path of a NATS credentials file, mode 640
subject: remaphore                     # the same on every host
destination: com.example.host          # this host's name, most general part first
allow_skew: 3s                         # how far another host's clock may be from this one

${FURTHER_KEYS}

identities:
  - public_key: ${publicKey}
    private_key: ${privateKey}
    verbs: [ping]                      # to send with it; "*" for any

peers:
  # This host trusts itself, to try things out. Put the other hosts' public keys here.
  - destination: com.example.host
    public_key: ${publicKey}
    verbs: [ping]                      # that it may use here; "*" for any
`;
}
