import { PAYLOAD_VARIABLE } from './argument.ts';

/** What a script is told of the message that it runs for. */
export interface MessageFacts {
  /** base58 of the sender's key */
  publicKey: string;
  /** the name that Peers give the sender */
  senderDestination: string;
  verb: string;
  /** Unix time in nanoseconds */
  timeNs: bigint;
  /** lower-case hex */
  uuid: string;
  /** the destination that was matched; undefined when any was accepted */
  matchedDestination: string | undefined;
  /** which try it is, counted from 1; undefined when there is only one */
  attempt?: number | undefined;
}

/** Every variable that tells a script about a message; one that this process inherited says nothing about it. */
const VARIABLES = [
  'REMAPHORE_SENDER',
  'REMAPHORE_SENDER_DESTINATION',
  'REMAPHORE_VERB',
  'REMAPHORE_TIME',
  'REMAPHORE_UUID',
  'REMAPHORE_ATTEMPT',
  'REMAPHORE_DESTMATCH',
  'REMOPHORE_DESTMATCH',
  PAYLOAD_VARIABLE,
];

/**
 * The environment of a script: the caller's, and what the message says.
 *
 * @param inherited this process's environment
 * @param payload the message's payload; undefined when the script reads it from standard input
 */
export function buildEnvironment(
  inherited: NodeJS.ProcessEnv,
  message: MessageFacts,
  payload: string | undefined,
): NodeJS.ProcessEnv {
  const env = { ...inherited };
  for (const name of VARIABLES) delete env[name];
  env['REMAPHORE_SENDER'] = message.publicKey;
  env['REMAPHORE_SENDER_DESTINATION'] = message.senderDestination;
  env['REMAPHORE_VERB'] = message.verb;
  env['REMAPHORE_TIME'] = (message.timeNs / 1_000_000_000n).toString();
  env['REMAPHORE_UUID'] = message.uuid;
  if (message.attempt !== undefined) env['REMAPHORE_ATTEMPT'] = String(message.attempt);
  if (message.matchedDestination !== undefined) {
    env['REMAPHORE_DESTMATCH'] = message.matchedDestination;
    // Field documentation spells it so, and scripts rely on that.
    env['REMOPHORE_DESTMATCH'] = message.matchedDestination;
  }
  if (payload !== undefined) env[PAYLOAD_VARIABLE] = payload;
  return env;
}
