// Scripts that go on until a test lets them end, and tell what they were run for.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { listGroup, until } from './processes.ts';
import type { ScriptDirectory } from './scripts.ts';

/** A script that is under a test's control. */
export interface SlowScript {
  path: string;
  /** the payloads that it was run for so far, in order */
  readonly ran: string[];
  /** Waits until it was run so often. */
  untilRan(count: number): Promise<void>;
  /** From now on each run prints `done` and its payload, and ends with 0. */
  letEnd(): void;
  /** the processes of its runs that are still there */
  readonly left: number[];
}

/** Writes such a script. */
export function writeSlow(scripts: ScriptDirectory, name: string): SlowScript {
  const [ran, groups, go] = ['ran', 'groups', 'go'].map((end) => join(scripts.path, `${name}.${end}`));
  const begin = `echo $$ >>${groups}\necho "$2" >>${ran}`;
  const path = scripts.write(name, `${begin}\nuntil [ -e ${go} ]; do sleep 0.05; done\necho "done $2"`);
  const script: SlowScript = {
    path,
    get ran() {
      return scripts.lines(`${name}.ran`);
    },
    untilRan: (count) => until(`${name} was run ${count} times`, () => script.ran.length >= count),
    letEnd: () => writeFileSync(go as string, ''),
    get left() {
      return scripts.lines(`${name}.groups`).flatMap((group) => listGroup(Number(group)));
    },
  };
  return script;
}
