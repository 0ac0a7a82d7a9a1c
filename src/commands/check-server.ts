// What check says of a server.

import type { Config } from '../config/config.ts';
import type { PermissionFact, Probe, ProbeFailure } from '../transport/probe.ts';
import { checkTime } from './check-clock.ts';
import type { CheckRow } from './check-row.ts';
import { formatDay, formatMs } from './format-time.ts';

const DAY_MS = 86_400_000;
const CERTIFICATE_ENDS_SOON_MS = 14 * DAY_MS;
/** Of a message, key and signature alone take 140 bytes; a script's output needs more than the rest of this. */
const SMALL_PAYLOAD_BYTES = 4096;

const FAILURE_ADVICE = {
  unreachable: 'is the address right, does the server run, and do firewalls let this host through?',
  tls: 'do tls_ca, tls_cert and tls_key belong to this server, and is it called in its certificate as it is here?',
  refused: 'are these credentials of this server’s account, and neither expired nor revoked?',
  ended: 'see the server’s log for the time of this check',
};

/**
 * Rows for one server.
 *
 * @param nowMs Unix time in milliseconds
 */
export function checkServer(probe: Probe, config: Config, nowMs: number): CheckRow[] {
  const { server, failure, facts, connectMs, maxPayloadBytes, permissions, jetStream } = probe;
  const rows: CheckRow[] = [];
  const add = (check: string, row: Pick<CheckRow, 'severity' | 'detail' | 'advice'>) => {
    rows.push({ concerns: 'broker', check, ...row, server });
  };
  if (connectMs !== undefined) {
    const version = facts === undefined ? '' : `, version ${facts.version}`;
    add('server', { severity: 'ok', detail: `${server}: answered in ${formatMs(connectMs)}${version}` });
    add('tls', checkTls(probe, config, nowMs));
    const accepted = config.credentials === undefined ? 'none wanted' : 'accepted';
    add('credentials', { severity: 'ok', detail: accepted });
  }
  for (const permission of permissions) add(permission.act, checkPermission(permission));
  if (jetStream !== undefined) add('jetstream', { severity: 'ok', detail: JETSTREAM[jetStream] });
  if (maxPayloadBytes !== undefined) add('payload', checkPayload(maxPayloadBytes));
  for (const row of checkTime(probe, config.allowSkewMs)) add('clock', row);
  if (failure !== undefined) add('server', checkFailure(server, failure));
  return rows;
}

const JETSTREAM = {
  there: 'there for this account',
  absent: 'not there for this account; nothing here needs it',
  unknown: 'not known: this user may not ask, or was not answered',
};

type Outcome = Pick<CheckRow, 'severity' | 'detail' | 'advice'>;

function checkFailure(server: string, { kind, reason }: ProbeFailure): Outcome {
  const what = kind === 'refused' ? 'refused the credentials: ' : '';
  return { severity: 'error', detail: `${server}: ${what}${reason}`, advice: FAILURE_ADVICE[kind] };
}

function checkTls({ server, facts, certificateEndsMs }: Probe, { tls }: Config, nowMs: number): Outcome {
  if (!facts?.tls) {
    if (isLoopback(server)) return { severity: 'ok', detail: 'none, and none needed on this machine' };
    const advice = 'use tls://, or be sure of the network';
    return { severity: 'warning', detail: 'none: whoever is on the way can read every message', advice };
  }
  const verified = `verified by ${tls.ca ?? 'the authorities that this system trusts'}`;
  if (certificateEndsMs === undefined) return { severity: 'ok', detail: verified };
  const detail = `${verified}; the server’s certificate ends on ${formatDay(certificateEndsMs)}`;
  if (certificateEndsMs - nowMs > CERTIFICATE_ENDS_SOON_MS) return { severity: 'ok', detail };
  const advice = 'tell whoever runs the server to renew it';
  return { severity: 'warning', detail: `${detail}, in ${formatMs(Math.max(0, certificateEndsMs - nowMs))}`, advice };
}

function isLoopback(server: string): boolean {
  return /^(?:\w+:\/\/)?(?:127\.[\d.]+|localhost|\[::1\])(?::\d+)?\/?$/i.test(server);
}

function checkPermission({ act, subject, refusal }: PermissionFact): Outcome {
  const shown = subject.replace(/[0-9a-f]{64}$/, '<64 hex digits>');
  if (refusal === undefined) return { severity: 'ok', detail: `permitted: ${shown}` };
  const words = refusal.replace(subject, shown);
  return { severity: 'error', detail: words, advice: `have the account’s user permitted to ${act} there` };
}

function checkPayload(bytes: number): Outcome {
  const detail = `messages up to ${formatBytes(bytes)}`;
  if (bytes >= SMALL_PAYLOAD_BYTES) return { severity: 'ok', detail };
  const advice = 'have max_payload raised in the server’s configuration';
  return { severity: 'warning', detail: `${detail}: little is left for what is in them`, advice };
}

function formatBytes(bytes: number): string {
  const [unit, size] = bytes >= 1024 ** 2 ? ['MiB', 1024 ** 2] : bytes >= 1024 ? ['KiB', 1024] : ['bytes', 1];
  return `${Number((bytes / size).toFixed(1))} ${unit}`;
}
