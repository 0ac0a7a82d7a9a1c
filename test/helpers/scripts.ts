// Small shell scripts, in a directory that goes with the test.

import { beforeEach } from 'vitest';
import { createScripts, type ScriptDirectory } from './script-directory.ts';

export { createScripts, type ScriptDirectory };

/** A directory of scripts that is a new one for each test of a file. */
export function openScripts(): ScriptDirectory {
  const scripts = {} as ScriptDirectory;
  beforeEach(() => {
    Object.assign(scripts, createScripts());
    return () => scripts[Symbol.dispose]();
  });
  return scripts;
}
