import { dirname, isAbsolute, join } from 'node:path';
import type { Config, TlsFiles } from './config.ts';

/** Takes the paths in a configuration that are not absolute from its own directory. */
export function locateFiles(config: Config): void {
  const locate = (path: string) => (isAbsolute(path) ? path : join(dirname(config.file), path));
  if (config.credentials !== undefined) config.credentials = locate(config.credentials);
  if (config.state !== undefined) config.state = locate(config.state);
  for (const [name, path] of Object.entries(config.tls)) config.tls[name as keyof TlsFiles] = locate(path);
}
