import { isUtf8 } from 'node:buffer';
import type { Config } from '../config/config.ts';
import { matchDestination } from '../protocol/destination.ts';
import type { SendPlan } from '../signal/send.ts';
import type { Output } from './context.ts';
import { ExitCode } from './exit-code.ts';
import { bytesField, describeUuid } from './records.ts';

/**
 * Says what would be sent, and whom it would reach; nothing is sent.
 *
 * @param hasUuid whether the uuid was given; one of random bytes will be another one when it is sent
 */
export async function printPlan(plan: SendPlan, hasUuid: boolean, config: Config, output: Output): Promise<number> {
  const { identity, subject, destination, verb, payload } = plan;
  const reached = config.peers.filter((peer) => matchDestination(destination, peer.destination));
  const names = [...new Set(reached.map((peer) => peer.destination))];
  const uuid = hasUuid ? describeUuid(plan.uuid) : { uuid: null, uuid_text: null };
  if (output.json) {
    await output.record({
      type: 'plan',
      subject,
      public_key: identity.publicKey,
      destination,
      verb,
      ...uuid,
      ...bytesField('payload', payload),
      reaches: names,
    });
  } else {
    const lines = [
      ['subject', subject],
      ['identity', `${identity.publicKey} [${identity.verbs.join(', ')}]`],
      ['destination', destination],
      ['verb', verb],
      ['uuid', `${uuid.uuid ?? 'random'}${uuid.uuid_text === null ? '' : ` (${uuid.uuid_text})`}`],
      ['payload', describePayload(payload)],
      ['reaches', names.join(', ') || 'no known peer'],
    ];
    await output.data(Buffer.from(lines.map(([name, value]) => `${`${name}:`.padEnd(13)}${value}\n`).join('')));
  }
  output.notice('nothing was sent (--dry-run)');
  return ExitCode.ok;
}

const MAX_SHOWN_BYTES = 200;

function describePayload(payload: Uint8Array): string {
  const size = `${payload.length} ${payload.length === 1 ? 'byte' : 'bytes'}`;
  if (payload.length === 0 || payload.length > MAX_SHOWN_BYTES || !isUtf8(payload)) return size;
  return `${size}: ${JSON.stringify(Buffer.from(payload).toString('utf8'))}`;
}
