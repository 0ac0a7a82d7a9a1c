// The values above the sections, each checked for itself.

import { DEFAULT_SKEW_MS, DEFAULT_SUBJECT } from '../protocol/constants.ts';
import { findDestinationFault } from '../protocol/destination.ts';
import { findSubjectFault } from '../protocol/subject.ts';
import type { TlsFiles } from './config.ts';
import { DURATION_FORM, nsToMs, parseDuration } from './duration.ts';
import type { Fail } from './faults.ts';
import type { ConfigKey, RawConfig, RawValue } from './raw.ts';
import { findServerFault } from './server.ts';
import { nameSecret } from './showing.ts';

/** The value of a key that counts; undefined when there is none that could be used. */
export type Find = (key: ConfigKey) => RawValue | undefined;

/** Finds values by key; of one that is given several times the last counts. */
export function createFind({ values }: RawConfig, fail: Fail): Find {
  return (key) => {
    const value = values.get(key)?.at(-1);
    if (value === undefined) return undefined;
    if (value.text === '') {
      return fail('value', value.where, `${key} has no value`, 'write one behind the colon, or remove the line');
    }
    // Further on values are shown in errors.
    const secret = nameSecret(value.text);
    if (secret !== undefined) {
      const advice = 'remove it from here; if others may have seen it, make a new one';
      return fail('value', value.where, `${key}: a ${secret} does not belong here`, advice);
    }
    return value;
  };
}

/** The servers' addresses of all lines, in their order; a line may hold several, separated by commas. */
export function checkServers(values: readonly RawValue[], fail: Fail): string[] {
  const written = values.flatMap(({ text, where }) =>
    text.split(',').map((server) => ({ server: server.trim(), where })),
  );
  const given = written.filter(({ server }) => server !== '');
  if (given.length === 0) {
    const message = 'no server: expected a line `server: nats://host:4222`';
    fail('missing', undefined, message, 'say which NATS server all hosts use');
  }
  const isServer = ({ server, where }: (typeof given)[number]) => {
    const fault = findServerFault(server);
    if (fault === undefined) return true;
    return fail('value', where, `server: ${fault}`, 'write the address of a NATS server alone') ?? false;
  };
  return given.filter(isServer).map(({ server }) => server);
}

/** The path of the credentials file, or `none` in any case. */
export function checkCredentials(find: Find, raw: RawConfig, fail: Fail): string | undefined {
  const advice = 'name the credentials file that came with this host’s account, or say none';
  return require('credentials', '/path/to/file` or `credentials: none', advice, find, raw, fail)?.text;
}

/** This node's own name. */
export function checkDestination(find: Find, raw: RawConfig, fail: Fail): string | undefined {
  const advice = 'name this host, most general part first, like com.example.host';
  const value = require('destination', 'com.example.host', advice, find, raw, fail);
  if (value === undefined) return undefined;
  const fault = findDestinationFault(value.text);
  return fault === undefined ? value.text : fail('value', value.where, `destination: ${fault}`, advice);
}

function require(key: ConfigKey, expected: string, advice: string, find: Find, raw: RawConfig, fail: Fail) {
  const value = find(key);
  // One that is there and no use has been told of.
  if (value !== undefined || raw.values.has(key)) return value;
  return fail('missing', undefined, `no ${key}: expected a line \`${key}: ${expected}\``, advice);
}

/** The subject that messages travel below. */
export function checkSubject(value: RawValue | undefined, fail: Fail): string {
  const fault = value && findSubjectFault(value.text);
  if (value === undefined) return DEFAULT_SUBJECT;
  if (fault === undefined) return value.text;
  const advice = 'write a dotted name like remaphore, the same on every host';
  return fail('value', value.where, `subject: ${fault}`, advice) ?? DEFAULT_SUBJECT;
}

/** The files for TLS, of which a certificate and its key only make sense together. */
export function checkTls(find: Find, fail: Fail): TlsFiles {
  const [ca, cert, key] = [find('tls_ca'), find('tls_cert'), find('tls_key')];
  const advice = 'name both files, or neither';
  if (cert && !key) fail('missing', cert.where, 'tls_cert needs tls_key as well', advice);
  if (key && !cert) fail('missing', key.where, 'tls_key needs tls_cert as well', advice);
  return { ...(ca && { ca: ca.text }), ...(cert && { cert: cert.text }), ...(key && { key: key.text }) };
}

/** How far clocks may be apart, in milliseconds. */
export function checkSkew(value: RawValue | undefined, fail: Fail): number {
  if (value === undefined) return DEFAULT_SKEW_MS;
  const ns = parseDuration(value.text);
  const advice = 'write how far another host’s clock may be from this one, like 3s';
  if (ns === undefined) fail('value', value.where, `allow_skew: expected ${DURATION_FORM}`, advice);
  else if (ns < 0n) fail('value', value.where, 'allow_skew: cannot be negative', advice);
  return ns === undefined || ns <= 0n ? DEFAULT_SKEW_MS : nsToMs(ns);
}

export function checkBoolean(key: ConfigKey, value: RawValue | undefined, fail: Fail): boolean {
  const text = value?.text.toLowerCase();
  if (text === undefined || text === 'false') return false;
  if (text === 'true') return true;
  return fail('value', value?.where, `${key}: expected true or false`, 'write true or false') ?? false;
}
