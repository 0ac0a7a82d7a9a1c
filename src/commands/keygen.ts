import { createKeyPair } from '../config/example.ts';
import { formatIdentity, formatPeer } from '../config/format.ts';
import { DEFAULT_VERB } from '../protocol/constants.ts';
import { findDestinationFault } from '../protocol/destination.ts';
import { checkVerbs } from '../provision/plan.ts';
import { UsageError } from '../signal/errors.ts';
import type { Command } from './context.ts';
import { ExitCode } from './exit-code.ts';
import type { KeygenCommandOptions } from './options.ts';
import { toUsageError } from './provision-error.ts';

/** Stands for the name that only the administrator knows. A configuration refuses it, for its *. */
const NAME_HERE = '*THIS-HOST*';

/** Prints a fresh key pair as the lines that configurations have for it. */
export const runKeygen: Command<KeygenCommandOptions> = async ({ destination, verbs = [DEFAULT_VERB] }, { output }) => {
  const fault = destination === undefined ? undefined : findNameFault(destination);
  if (fault !== undefined) throw new UsageError('option', `destination ${JSON.stringify(destination)}: ${fault}`);
  const granted = readVerbs(verbs);
  const keys = createKeyPair();
  const identityLine = formatIdentity(keys, granted);
  const peerLine = formatPeer(destination ?? NAME_HERE, keys.publicKey, granted);
  if (output.json) {
    await output.record({
      type: 'keygen',
      destination: destination ?? null,
      public_key: keys.publicKey,
      private_key: keys.privateKey,
      verbs: granted,
      identity_line: identityLine,
      peer_line: peerLine,
    });
    return ExitCode.ok;
  }
  const missing = destination === undefined ? `; put this host's name in the place of ${NAME_HERE}` : '';
  const text = [
    '# secret: a line for [ Identities ] in the configuration of this host, and for nobody else',
    identityLine,
    `# public: a line for [ Peers ] in the configurations of the other hosts${missing}`,
    peerLine,
    '',
  ].join('\n');
  await output.data(Buffer.from(text));
  return ExitCode.ok;
};

/** Besides what a configuration refuses, what would be taken for something else in its line, or reached by no pattern. */
function findNameFault(destination: string): string | undefined {
  const fault = findDestinationFault(destination);
  if (fault !== undefined) return fault;
  if (/[#[\]]/.test(destination)) return 'it cannot hold # or brackets';
  return destination.split('.').includes('') ? 'it cannot begin or end with a dot, nor have two together' : undefined;
}

function readVerbs(verbs: readonly string[]): string[] {
  try {
    return checkVerbs(verbs);
  } catch (error) {
    throw toUsageError(error);
  }
}
