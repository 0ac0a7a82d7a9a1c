// That the documents and the examples go together: what is quoted stands there, what is linked is there and in the
// package, and each example is one that a shell can read.

import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');
const { files } = JSON.parse(read('package.json')) as { files: string[] };

const DOCUMENTS = ['docs/guide.md', 'docs/cookbook.md'];
const EXAMPLES = readdirSync(join(ROOT, 'examples')).map((name) => `examples/${name}`);
const SCRIPTS = EXAMPLES.filter((name) => name.endsWith('.sh'));
const CRONTABS = EXAMPLES.filter((name) => name.includes('crontab'));

/** Made from the option and command tables; a test of its own says whether it is there. */
const GENERATED = 'docs/reference.md';

const cookbook = read('docs/cookbook.md');

/** Quotations: a block whose first line names the file that it is from. */
const quotations = [...cookbook.matchAll(/^```\w+ (\S+)\n([\s\S]*?)^```$/gm)].map(
  ([, file = '', text = '']) => [file, text.trimEnd().split('\n')] as const,
);

/** What a heading is called in links, as GitHub has it. */
function toAnchor(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\w\- ]/g, '')
    .replaceAll(' ', '-');
}

function listAnchors(markdown: string): string[] {
  return [...markdown.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => toAnchor(heading));
}

describe('what the cookbook quotes', () => {
  it.each(quotations)('stands in %s, line by line and in this order', (file, lines) => {
    let at = 0;
    const given = read(file).split('\n');
    for (const line of lines) {
      const found = given.indexOf(line, at);
      expect(found, `the line ${JSON.stringify(line)}`).toBeGreaterThanOrEqual(at);
      at = found + 1;
    }
  });

  it('is from every kind of example', () => {
    expect(quotations.length).toBeGreaterThan(8);
  });
});

describe.each(DOCUMENTS)('the links of %s', (document) => {
  const links = [...read(document).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link);

  it.each(links)('%s leads to what is there, and in the package', (link) => {
    const [path = '', anchor] = link.split('#', 2);
    const file = path === '' ? document : relative(ROOT, join(ROOT, dirname(document), path));
    expect(files.some((entry) => entry === file || `${file}/`.startsWith(entry))).toBe(true);
    if (file === GENERATED) return;
    expect(existsSync(join(ROOT, file))).toBe(true);
    if (anchor !== undefined) expect(listAnchors(read(file))).toContain(anchor);
  });
});

describe('the examples', () => {
  it.each(EXAMPLES.filter((name) => name !== 'examples/remaphore.conf'))('%s is linked in the cookbook', (name) => {
    expect(cookbook).toContain(`](../${name})`);
  });

  it.each(SCRIPTS)('%s is an executable script that says how to use it, and gives up where it fails', (name) => {
    const text = read(name);
    expect(text).toMatch(/^#!\/bin\/sh\n# [A-Z][\s\S]*?\n#\n# {5}\S/);
    expect(text).toMatch(/^set -eu$/m);
    expect(statSync(join(ROOT, name)).mode & 0o111).toBe(0o111);
    expect(spawnSync('sh', ['-n', join(ROOT, name)], { encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' });
  });

  it.each(CRONTABS)(
    '%s is what cron reads: settings, and lines with five fields, a user and a script of ours',
    (name) => {
      const text = read(name);
      // Cron passes over a last line without its end.
      expect(text.endsWith('\n')).toBe(true);
      const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
      const jobs = lines.filter((line) => !/^[A-Z]+=/.test(line));
      expect(jobs).toHaveLength(1);
      const [, script = ''] =
        /^(?:[\d*,/-]+ +){5}[a-z]+ \/usr\/local\/lib\/remaphore\/(\S+) [^%]+$/.exec(jobs[0] ?? '') ?? [];
      expect(SCRIPTS).toContain(`examples/${script}`);
    },
  );
});
