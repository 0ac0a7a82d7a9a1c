// Which code has run, as V8 counts it block by block: only of the project's own files, and of the YAML parser's, in the
// bundle that all of this is part of. esbuild writes above each file's code where it is from.

import { readFileSync } from 'node:fs';
import { type Profiler, Session } from 'node:inspector';
import { pathToFileURL } from 'node:url';

const COUNTED = /^(src|node_modules\/js-yaml)\//;

/** What has been reached, by places in the bundle. */
export class Coverage {
  readonly #session = new Session();
  readonly #url: string;
  /** 1: a place that counts and has not been reached */
  readonly #unreached: Uint8Array;

  /** @param bundle the file that runs, not minified */
  constructor(bundle: string) {
    this.#url = pathToFileURL(bundle).href;
    this.#unreached = findCounted(readFileSync(bundle, 'utf8'));
    this.#session.connect();
    this.#session.post('Profiler.enable');
    // With counts, which are set back each time they are taken.
    this.#session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  }

  /** Whether anything ran since the last time that never had before; `learn`: from now on it has. */
  takeNew(learn: boolean): boolean {
    const ran = this.#take();
    let isNew = false;
    for (let at = 0; at < ran.length; at++) {
      if (ran[at] !== 1 || this.#unreached[at] !== 1) continue;
      isNew = true;
      if (!learn) break;
      this.#unreached[at] = 0;
    }
    return isNew;
  }

  close(): void {
    this.#session.disconnect();
  }

  #take(): Uint8Array {
    const ran = new Uint8Array(this.#unreached.length);
    // The callback has been called by the time that this returns.
    this.#session.post('Profiler.takePreciseCoverage', (error, taken) => {
      if (error) throw error;
      const script = taken.result.find(({ url }) => url === this.#url);
      for (const range of outermostFirst(script)) {
        ran.fill(range.count > 0 ? 1 : 0, range.startOffset, range.endOffset);
      }
    });
    return ran;
  }
}

/** Each range says for its own part, but for the ranges within it. */
function outermostFirst(script: Profiler.ScriptCoverage | undefined): Profiler.CoverageRange[] {
  const ranges = script?.functions.flatMap((one) => one.ranges) ?? [];
  return ranges.sort((a, b) => a.startOffset - b.startOffset || b.endOffset - a.endOffset);
}

function findCounted(bundle: string): Uint8Array {
  const counted = new Uint8Array(bundle.length);
  const files = [...bundle.matchAll(/^\/\/ (\S+\.[cm]?[jt]s)$/gm)];
  for (const [i, { 1: path = '', index }] of files.entries()) {
    if (COUNTED.test(path)) counted.fill(1, index, files[i + 1]?.index ?? bundle.length);
  }
  if (!counted.includes(1)) throw new Error('expected a bundle with the path of each file above it');
  return counted;
}
