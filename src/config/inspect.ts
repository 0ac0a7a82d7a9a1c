// A configuration read the way a careful colleague would: everything that loading refuses, all of it and not only the
// first, and what it lets pass and is hardly meant so.

import { checkConfig } from './check.ts';
import type { Config } from './config.ts';
import { findDoubts } from './doubts.ts';
import { checkPeers } from './entries.ts';
import { ConfigError, type Where } from './errors.ts';
import type { Fail } from './faults.ts';
import { readTextFile } from './file.ts';
import { readForm } from './form.ts';
import { locateFiles } from './locate.ts';
import { findOddities, type Oddity } from './oddities.ts';
import { findReadByAll, findWrittenByOthers } from './openness.ts';
import type { RawEntry } from './raw.ts';

/** Something that a person should look at. */
export interface Finding {
  /** `error`: loading refuses it, or it cannot work */
  severity: 'error' | 'warning';
  file: string;
  where: Where;
  /** what is wrong, a clause; never holds a key */
  message: string;
  /** what to do about it, a clause */
  advice: string;
}

/** What was found, and the configuration if there is one. */
export interface Inspection {
  findings: readonly Finding[];
  /** undefined when what is above the sections, or every identity, is of no use; else without the entries that are */
  config: Config | undefined;
}

/**
 * Inspects a configuration and the files that it names.
 *
 * @param file path; the form is YAML when it ends in .yaml or .yml, else line-based
 */
export async function inspectConfig(file: string): Promise<Inspection> {
  const findings: Finding[] = [];
  const text = await readNamed(file, 'name another with -c; remaphore -C prints an example', findings);
  if (text === undefined) return { findings, config: undefined };
  const { config, findings: inText } = await inspectText(text, file);
  findings.push(...inText, ...toWarnings(file, inspectModes(file, 'private keys', 'whom this host trusts')));
  if (config !== undefined) {
    locateFiles(config);
    await inspectNamed(config, findings);
  }
  return { findings, config };
}

/**
 * Inspects the text of a configuration alone.
 *
 * @param text the whole file
 * @param file its name, which decides the form
 */
export async function inspectText(text: string, file: string): Promise<Inspection> {
  const found: Finding[] = [];
  const fail: Fail = (_, where, message, advice) => {
    found.push({ severity: 'error', file, where, message, advice });
    return undefined;
  };
  let config: Config | undefined;
  const raw = await readForm(text, file, fail);
  if (raw !== undefined) {
    const peers: RawEntry[] = [];
    // Read once, since each time they are read their faults are told.
    const { readPeers } = raw;
    raw.readPeers = (take) =>
      readPeers((entry) => {
        peers.push(entry);
        take(entry);
      });
    config = checkConfig(raw, file, fail);
    if (config === undefined) checkPeers(raw, fail);
    else void config.peers;
    found.push(...toWarnings(file, [...findOddities(raw), ...findDoubts(config, raw, peers)]));
  }
  return { findings: found.sort((a, b) => lineOf(a) - lineOf(b)), config };
}

/** What concerns the whole file comes first. */
function lineOf({ where }: Finding): number {
  return typeof where === 'number' ? where : 0;
}

/** The files that a configuration names: whether they can be read, and by whom else. */
async function inspectNamed({ credentials, tls }: Config, findings: Finding[]): Promise<void> {
  const secret = 'a private key';
  for (const [path, key, holds, decides] of [
    [credentials, 'credentials', secret, 'as whom this host connects'],
    [tls.ca, 'tls_ca', undefined, 'which servers this host trusts'],
    [tls.cert, 'tls_cert', undefined, 'as whom this host connects'],
    [tls.key, 'tls_key', secret, 'as whom this host connects'],
  ] as const) {
    if (path === undefined) continue;
    const text = await readNamed(path, `put the file there, readable for this user, or correct ${key}`, findings);
    if (text !== undefined) findings.push(...toWarnings(path, inspectModes(path, holds, decides)));
  }
}

async function readNamed(path: string, advice: string, findings: Finding[]): Promise<string | undefined> {
  try {
    return await readTextFile(path);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    // Where is said by the finding itself.
    const message = error.message.slice(error.message.indexOf(': ', path.length) + 2);
    findings.push({ severity: 'error', file: path, where: undefined, message, advice });
    return undefined;
  }
}

function inspectModes(path: string, holds: string | undefined, decides: string): Oddity[] {
  const readByAll = holds === undefined ? undefined : findReadByAll(path, holds);
  return [...(readByAll ? [readByAll] : []), ...findWrittenByOthers(path, decides)];
}

function toWarnings(file: string, oddities: readonly Oddity[]): Finding[] {
  return oddities.map((oddity) => ({ severity: 'warning', file, ...oddity }));
}
