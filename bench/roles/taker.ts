// A consumer of the library, as a program of somebody else's would be: it counts what it is given, and says so to the
// bench now and then. Arguments: path of the built library, of a configuration.

import type { TakerReport } from '../measures/library.ts';

/** Messages between two reports. */
const REPORT_EVERY = 250;

interface Library {
  loadConfig(path: string): Promise<unknown>;
  connect(config: unknown, options: { onNotice(notice: unknown): void }): Promise<LibraryNode>;
}

interface LibraryNode {
  receive(): AsyncIterable<unknown> & { ready: Promise<void> };
}

const [libraryPath = '', config = ''] = process.argv.slice(2);
const report = (message: TakerReport) => process.send?.(message);

const library = (await import(libraryPath)) as Library;
const node = await library.connect(await library.loadConfig(config), {
  onNotice: (notice) => report({ notice: JSON.stringify(notice) }),
});
const receiver = node.receive();
await receiver.ready;
report({ taken: 0, atNs: String(process.hrtime.bigint()) });
let taken = 0;
for await (const _ of receiver) {
  if (++taken % REPORT_EVERY === 0) report({ taken, atNs: String(process.hrtime.bigint()) });
}
