import type { Config } from '../../src/config/config.ts';
import { parseConfig } from '../../src/config/load.ts';
import { type ConfigParts, configText } from './config-text.ts';

export type { Config };

/** A configuration as a node has it, made of the parts of its text. */
export function loadedConfig(parts: ConfigParts = {}): Promise<Config> {
  return parseConfig(configText(parts), 'x.conf');
}
