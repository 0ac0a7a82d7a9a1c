import { statSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { checkConfig } from './check.ts';
import type { Config, TlsFiles } from './config.ts';
import { readTextFile } from './file.ts';
import { parseLines } from './lines.ts';

/** Where the configuration is when neither the command line nor the environment says so. */
export const DEFAULT_CONFIG_FILE = '/etc/remaphore/remaphore.conf';

const READABLE_BY_ALL = 0o004;

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
  const locate = (path: string) => (isAbsolute(path) ? path : join(dirname(file), path));
  if (config.credentials !== undefined) config.credentials = locate(config.credentials);
  for (const [name, path] of Object.entries(config.tls)) config.tls[name as keyof TlsFiles] = locate(path);
  const warnings = [...config.warnings];
  for (const [path, what] of [
    [file, 'private keys'],
    [config.credentials, 'a private key'],
    [config.tls.key, 'a private key'],
  ] as const) {
    if (path !== undefined && isReadableByAll(path)) {
      warnings.push(`${path}: holds ${what} and can be read by everybody on this machine; chmod o-rwx ${path}`);
    }
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
  const isYaml = /\.ya?ml$/i.test(file);
  const config = checkConfig(isYaml ? (await import('./yaml.ts')).parseYaml(text, file) : parseLines(text, file), file);
  // To read them is to check them.
  if (options.deferPeers !== true) void config.peers;
  return config;
}

function isReadableByAll(path: string): boolean {
  try {
    const stats = statSync(path);
    return stats.isFile() && (stats.mode & READABLE_BY_ALL) !== 0;
  } catch {
    // Whoever reads the file for its contents reports that it cannot be.
    return false;
  }
}
