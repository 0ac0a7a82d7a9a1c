// Configurations in the line-based form, as this program prints them.

/** An ed25519 key pair as configurations hold it, both halves in base58. */
export interface KeyTexts {
  publicKey: string;
  privateKey: string;
}

/** Above the lines of a section, what they are made of. */
export const IDENTITIES_HEADING = `[ Identities ]
# <public key> <private key> [verbs to send with it; * for any]`;

export const PEERS_HEADING = `[ Peers ]
# <destination> <public key> [verbs it may use here; * for any]`;

/** What a configuration begins with. */
export const SECRECY_NOTE =
  "# remaphore's configuration. It holds a private key: let only a group read it (chmod 640).";

/** A line of [ Identities ]. */
export function formatIdentity({ publicKey, privateKey }: KeyTexts, verbs: readonly string[]): string {
  return `${publicKey} ${privateKey} [${verbs.join(', ')}]`;
}

/** A line of [ Peers ]. */
export function formatPeer(destination: string, publicKey: string, verbs: readonly string[]): string {
  return `${destination} ${publicKey} [${verbs.join(', ')}]`;
}

/** What a node's configuration says. */
export interface NodeTexts {
  /** addresses in the order to try them */
  servers: readonly string[];
  /** path of the credentials file */
  credentials: string;
  subject: string;
  destination: string;
  /** a line of [ Identities ] */
  identity: string;
  /** lines of [ Peers ] */
  peers: readonly string[];
}

/** A node's configuration. */
export function formatNode({ servers, credentials, subject, destination, identity, peers }: NodeTexts): string {
  return `${SECRECY_NOTE}

${servers.map((server) => `server: ${server}`).join('\n')}
credentials: ${credentials}
subject: ${subject}
destination: ${destination}

${IDENTITIES_HEADING}
${identity}

${[PEERS_HEADING, ...peers].join('\n')}
`;
}
