import type { Fail } from './faults.ts';
import { parseLines } from './lines.ts';
import type { RawConfig } from './raw.ts';

/**
 * Reads a configuration in the form that its name calls for.
 *
 * @param text the whole file
 * @param file its name: the form is YAML when it ends in .yaml or .yml, else line-based
 * @param fail told of each fault
 * @returns undefined when nothing can be made of it
 */
export async function readForm(text: string, file: string, fail: Fail): Promise<RawConfig | undefined> {
  const isYaml = /\.ya?ml$/i.test(file);
  return isYaml ? (await import('./yaml.ts')).parseYaml(text, fail) : parseLines(text, fail);
}
