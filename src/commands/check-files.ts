// What check says of the files on this host.

import type { Config } from '../config/config.ts';
import type { Finding, Inspection } from '../config/inspect.ts';
import { shortenKey } from '../protocol/keys.ts';
import { openAcceptedFile } from '../signal/accepted-file.ts';
import { StateError } from '../signal/state-error.ts';
import { readTokenTimes } from '../transport/token.ts';
import type { CheckRow } from './check-row.ts';
import { formatDay, formatMs } from './format-time.ts';

const DAY_MS = 86_400_000;
/** So long before they expire credentials are spoken of. */
const EXPIRES_SOON_MS = 7 * DAY_MS;
/** A server's clock and this one are never quite the same. */
const ISSUED_LATER_MS = 1000;

/** A row for each finding, and one that says what was read. */
export function checkInspection(file: string, { findings, config }: Inspection): CheckRow[] {
  const rows = findings.map(toRow);
  if (config !== undefined) {
    const { destination, defaultIdentity, peers } = config;
    const who = `${destination} is ${shortenKey(defaultIdentity.publicKey)}`;
    const count = peers.length === 1 ? '1 peer' : `${peers.length} peers`;
    const isSound = findings.every(({ severity }) => severity !== 'error');
    if (isSound) rows.unshift({ ...ROW, severity: 'ok', file, detail: `${who}, with ${count}` });
  }
  return rows;
}

const ROW = { concerns: 'configuration', check: 'configuration' } as const;

function toRow({ severity, file, where, message, advice }: Finding): CheckRow {
  const place = typeof where === 'number' ? { line: where } : { place: where };
  return { ...ROW, severity, file, ...place, detail: message, advice };
}

/** Whether this user's receivers can remember what they accept: who only sends need not. */
export function checkState(config: Config): CheckRow[] {
  try {
    openAcceptedFile(config).close();
    return [];
  } catch (error) {
    if (!(error instanceof StateError)) throw error;
    const { path, fault, hint } = error;
    const detail = `receivers cannot start, since what they accept could not be remembered there: ${fault}`;
    return [{ severity: 'warning', concerns: 'configuration', check: 'state', file: path, detail, advice: hint }];
  }
}

/**
 * What the credentials say of themselves.
 *
 * @param jwt the user's token; undefined: the configuration says that there is none
 * @param nowMs Unix time in milliseconds
 */
export function checkCredentials(config: Config, jwt: string | undefined, nowMs: number): CheckRow {
  const row = { concerns: 'broker', check: 'credentials', file: config.credentials } as const;
  if (jwt === undefined) return { ...row, severity: 'ok', detail: 'none: the servers must want none' };
  const times = readTokenTimes(jwt);
  if (times === undefined) {
    const advice = 'get the file anew from whoever runs the servers';
    return { ...row, severity: 'error', detail: 'the token in it cannot be read', advice };
  }
  const { issuedMs, notBeforeMs, expiresMs } = times;
  const renew = 'get new credentials from whoever runs the servers';
  if (expiresMs !== undefined && expiresMs <= nowMs) {
    return { ...row, severity: 'error', detail: `expired ${formatMs(nowMs - expiresMs)} ago`, advice: renew };
  }
  const startMs = Math.max(issuedMs ?? 0, notBeforeMs ?? 0);
  if (startMs > nowMs + ISSUED_LATER_MS) {
    const severity = startMs === notBeforeMs ? 'error' : 'warning';
    const detail = `made ${formatMs(startMs - nowMs)} from now by this host’s clock, which seems to be behind`;
    return { ...row, severity, detail, advice: 'synchronise the clock (chrony, systemd-timesyncd)' };
  }
  if (expiresMs === undefined) return { ...row, severity: 'ok', detail: 'never expire' };
  const detail = `expire in ${formatMs(expiresMs - nowMs)}, on ${formatDay(expiresMs)}`;
  if (expiresMs - nowMs > EXPIRES_SOON_MS) return { ...row, severity: 'ok', detail };
  return { ...row, severity: 'warning', detail, advice: renew };
}
