// Small shell scripts, and what they write, in a directory that goes with them.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A directory of scripts, and of what they write. */
export interface ScriptDirectory {
  path: string;
  /** Writes an executable script for /bin/sh and returns its path; $0's directory is this one. */
  write(name: string, body: string): string;
  /** The lines of a file here; none while it is not there. */
  lines(name: string): string[];
  [Symbol.dispose](): void;
}

export function createScripts(): ScriptDirectory {
  const path = mkdtempSync(join(tmpdir(), 'scripts-'));
  return {
    path,
    write(name, body) {
      const file = join(path, name);
      writeFileSync(file, `#!/bin/sh\n${body}\n`, { mode: 0o755 });
      return file;
    },
    lines(name) {
      try {
        return readFileSync(join(path, name), 'utf8').split('\n').slice(0, -1);
      } catch {
        return [];
      }
    },
    [Symbol.dispose]() {
      rmSync(path, { recursive: true, force: true });
    },
  };
}
