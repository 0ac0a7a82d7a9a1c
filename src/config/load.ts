import { checkConfig } from './check.ts';
import type { Config } from './config.ts';
import { failAtFirst } from './faults.ts';
import { readTextFile } from './file.ts';
import { readForm } from './form.ts';
import { locateFiles } from './locate.ts';
import { findReadByAll } from './openness.ts';
import type { RawConfig } from './raw.ts';

/** Where the configuration is when neither the command line nor the environment says so. */
export const DEFAULT_CONFIG_FILE = '/etc/remaphore/remaphore.conf';

/** How to load a configuration. */
export interface LoadOptions {
  /** leaves the Peers, perhaps thousands, and errors in them, until they are first asked for: to send needs none */
  deferPeers?: boolean | undefined;
}

/**
 * Reads and checks a configuration. Paths in it that are not absolute are taken from its own directory.
 *
 * @param file path; the form is YAML when it ends in .yaml or .yml, else line-based
 * @throws ConfigError saying file, line and what was expected
 */
export async function loadConfig(file: string, options: LoadOptions = {}): Promise<Config> {
  const config = await parseConfig(await readTextFile(file), file, options);
  locateFiles(config);
  const warnings = [...config.warnings];
  for (const [path, what] of [
    [file, 'private keys'],
    [config.credentials, 'a private key'],
    [config.tls.key, 'a private key'],
  ] as const) {
    const readByAll = path === undefined ? undefined : findReadByAll(path, what);
    if (readByAll !== undefined) warnings.push(`${path}: ${readByAll.message}; ${readByAll.advice}`);
  }
  config.warnings = warnings;
  return config;
}

/**
 * Reads and checks the text of a configuration. Paths in it are given as they are written.
 *
 * @param text the whole file
 * @param file its name, which decides the form and is named in errors
 * @throws ConfigError saying file, line and what was expected
 */
export async function parseConfig(text: string, file: string, options: LoadOptions = {}): Promise<Config> {
  const fail = failAtFirst(file);
  // What is not there has been thrown for.
  const config = checkConfig((await readForm(text, file, fail)) as RawConfig, file, fail) as Config;
  // To read them is to check them.
  if (options.deferPeers !== true) void config.peers;
  return config;
}
