// Why a message was not acted on, in words. Nearly all of it is what an unknown sender claims: every field is escaped and
// cut.

import { shortenKey } from '../protocol/keys.ts';
import { foldVerb } from '../protocol/verb.ts';
import { REFUSALS, type Refusal, type Refused } from '../signal/acceptance.ts';
import type { ReceivePlan } from '../signal/receive-plan.ts';
import { formatMs } from './format-time.ts';

const MAX_FIELD = 80;

/** A number of refused messages in words: `4 outside the time window`. */
const KINDS: Record<Refusal, string> = {
  malformed: 'not in the form of a message',
  'unknown-key': 'unknown key',
  'verb-not-granted': 'with a verb that the sender may not use',
  'reply-verb': 'with the verb of replies',
  'other-verb': 'with another verb',
  'other-uuid': 'with another uuid',
  'other-key': 'by another key',
  'other-destination': 'for another destination',
  'outside-window': 'outside the time window',
  replay: 'replayed',
  'memory-full': 'more than can be remembered',
  unverified: 'dropped unverified, as more came than can be verified',
  'bad-signature': 'with a bad signature',
  'no-room': 'dropped as too many were waiting',
};

/** How many messages were not acted on, and why; undefined when there were none. */
export function summarizeRefused(refused: ReadonlyMap<Refusal, number>): string | undefined {
  const kinds = REFUSALS.filter((refusal) => refused.has(refusal));
  return kinds.map((refusal) => `${refused.get(refusal)} ${KINDS[refusal]}`).join(', ') || undefined;
}

/** What decides in this receiver. */
export interface ExplainSettings {
  skewMs: number;
  /** how old what was kept may be, where that is waited for too */
  sinceMs?: number | undefined;
  /** whether messages are judged by when they were stored */
  isDurable?: boolean | undefined;
  filter: ReceivePlan['filter'];
}

/** Why a message was refused, and what it is said to be, on one line. */
export function explain(refused: Refused, settings: ExplainSettings): string {
  const { refusal, publicKey, peer, message, verified } = refused;
  const from = peer && `${verified ? '' : 'claims to be '}from ${escapeField(peer.destination)}`;
  const what = message && `${escapeField(message.verb)} for ${escapeField(message.destination)}`;
  if (refusal === 'unknown-key') return `unknown key ${shortenKey(publicKey ?? '')}${what ? ` (${what})` : ''}`;
  if (message === undefined) return `${KINDS[refusal]}${from ? `, ${from}` : ''}`;
  if (refusal === 'outside-window') return `${from}, ${explainWindow(refused, settings)} (${what})`;
  return `${explainRefusal(refused, settings)} (${from}, ${what})`;
}

function explainRefusal(
  { refusal, peer, message, nowMs, firstSeenMs }: Refused,
  { filter, sinceMs, isDurable }: ExplainSettings,
): string {
  const name = escapeField(peer?.destination ?? '');
  const verb = escapeField(foldVerb(message?.verb ?? ''));
  switch (refusal) {
    case 'verb-not-granted':
      return `${name} may use [${peer?.verbs.map(escapeField).join(', ')}], not ${verb}`;
    case 'reply-verb':
      return `${verb} is the verb of replies, which nobody acts on`;
    case 'other-verb':
      return `waiting for ${filter.verbs?.map(escapeField).join(', ')}, not ${verb}`;
    case 'other-uuid':
      return `waiting for the uuid ${showUuid(filter.uuid)}, not ${showUuid(message?.uuid)}`;
    case 'other-key':
      return `waiting for the key ${shortenKey(filter.publicKey ?? '')}, not ${shortenKey(peer?.publicKey ?? '')}`;
    case 'other-destination':
      return `for ${escapeField(message?.destination ?? '')}, this node is ${escapeField(filter.destination ?? '')}`;
    case 'replay':
      if (sinceMs !== undefined) return 'replay of a message that is kept already';
      if (firstSeenMs === undefined)
        return 'replay of a message that was accepted before this receiver started, or a clock was set back';
      if (isDurable) return `replay of a message that was stored ${formatMs(Math.max(0, nowMs - firstSeenMs))} before`;
      return `replay of a message first seen ${formatMs(Math.max(0, nowMs - firstSeenMs))} ago`;
    case 'memory-full':
      return 'more messages at once than can be remembered';
    case 'bad-signature':
      return 'bad signature';
    default:
      return KINDS[refusal];
  }
}

function explainWindow({ message, nowMs }: Refused, { skewMs, sinceMs, isDurable }: ExplainSettings): string {
  const ageMs = nowMs - Number(message?.timeNs ?? 0n) / 1e6;
  if (isDurable) {
    const side = ageMs > 0 ? 'after' : 'before';
    return `stored ${formatMs(Math.abs(ageMs))} ${side} it was signed, allowed ${formatMs(skewMs)}: is a clock wrong?`;
  }
  const when = ageMs < 0 ? `sent ${formatMs(-ageMs)} in the future` : `sent ${formatMs(ageMs)} ago`;
  if (ageMs > 0 && sinceMs !== undefined) return `${when}, allowed ${formatMs(sinceMs)} (--since)`;
  return `${when}, allowed ${formatMs(skewMs)}: is a clock wrong?`;
}

/** A uuid as the text that it was probably given as, else in hex. */
function showUuid(hex: string | undefined): string {
  const text = Buffer.from(hex ?? '', 'hex').toString('latin1');
  return /^[\x21-\x7e]+$/.test(text) ? escapeField(text) : (hex ?? '');
}

/** A field that anybody may have made up: as it is when it looks like a name, else in quotes and escaped. */
function escapeField(text: string): string {
  const cut = text.length > MAX_FIELD ? `${text.slice(0, MAX_FIELD)}…` : text;
  if (/^[A-Za-z0-9_.*:@/+-]+\u2026?$/.test(cut)) return cut;
  return JSON.stringify(cut).replace(
    /[^\x20-\x7e\u2026]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** The same for programs. */
export function toFacts({ refusal, publicKey, peer, message, verified }: Refused): object {
  return {
    reason: refusal,
    verified,
    ...(publicKey !== undefined && { public_key: publicKey }),
    ...(peer !== undefined && { sender: peer.destination }),
    ...(message !== undefined && {
      verb: message.verb.slice(0, MAX_FIELD),
      destination: message.destination.slice(0, MAX_FIELD),
      uuid: message.uuid,
    }),
  };
}
