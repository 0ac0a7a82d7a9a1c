// The package as it would be published: what is in it, and that it works where it is installed.

import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Program } from '../helpers/program.ts';
import { openSite } from '../helpers/site.ts';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));
const site = openSite(['com.crypto.us.left', 'com.crypto.us.right']);
const [left, right] = site.nodes;

let directory: string;
let files: string[];
/** the program where it was installed */
let file: string;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'package-'));
  const pack = ['pack', '--json', '--ignore-scripts', '--pack-destination', directory];
  const { stdout } = await run('npm', pack, { cwd: root });
  const [packed] = JSON.parse(stdout) as [{ filename: string; files: { path: string }[] }];
  files = packed.files.map(({ path }) => path);
  writeFileSync(join(directory, 'package.json'), '{ "private": true, "type": "module" }');
  const install = ['install', '--no-audit', '--no-fund', '--prefer-offline', join(directory, packed.filename)];
  await run('npm', install, { cwd: directory });
  file = join(directory, 'node_modules/.bin/remaphore');
}, 120_000);

afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe('the package', () => {
  it('holds only what is needed to use it', () => {
    const allowed = [
      /^(README|CHANGELOG|SECURITY)\.md$/,
      /^(LICENSE|package\.json)$/,
      /^bin\/(remaphore\.js|package\.json)$/,
      /^dist\/(index\.js|program\.js|program\.cache|LICENCES)$/,
      /^dist\/late\/[a-z@/-]+\.cjs$/,
      /^dist\/library\/[A-Z0-9]+\.js$/,
      /^dist\/types\/(config|protocol|signal|transport|index)[a-z0-9/-]*\.d\.ts$/,
      /^docs\/[a-z.-]+\.(md|json|svg)$/,
      /^examples\/[a-z.-]+$/,
      /^man\/remaphore\.1$/,
    ];
    expect(files.filter((path) => !allowed.some((pattern) => pattern.test(path)))).toEqual([]);
  });

  it('holds every file that its documents link to', () => {
    const documents = files.filter((path) => path.endsWith('.md'));
    const missing = documents.flatMap((path) => {
      const text = readFileSync(join(root, path), 'utf8');
      const links = [...text.matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)].map(([, link]) => link as string);
      return links
        .map((link) => new URL(link, `file:///${path}`).pathname.slice(1))
        .filter((target) => !files.some((path) => path === target || path.startsWith(`${target}/`)))
        .filter((target) => !NOT_PACKED.includes(target))
        .map((target) => `${path} → ${target}`);
    });
    expect(missing).toEqual([]);
  });

  it('names the licence of each package that it contains', () => {
    const licences = readFileSync(join(root, 'dist/LICENCES'), 'utf8');
    expect(licences).toMatch(/^@nats-io\/transport-node .* \(Apache-2\.0\)$/m);
    expect(licences).toMatch(/^yargs .* \(MIT\)$/m);
  });
});

/** For those who work on it: they have the whole repository. */
const NOT_PACKED = ['CONTRIBUTING.md'];

describe('the program, installed from the package into an empty folder', () => {
  it('says its version', async () => {
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    const { finished } = new Program(left.config, ['--version'], { file });
    expect(await finished).toEqual({ exitCode: 0, stdout: `${version}\n`, stderr: '' });
  });

  it('gives and takes a signal', async () => {
    const receiver = new Program(right.config, ['-u', 'packed', '-t', '20s'], { file, cwd: directory });
    await receiver.said('remaphore: ready');
    await new Program(left.config, ['-s', '-u', 'packed', 'text'], { file, cwd: directory }).finished;
    expect(await receiver.finished).toMatchObject({ exitCode: 0, stdout: 'text\n' });
  });

  it.each([
    ['help', ['help'], /Exit codes/],
    ['a configuration', ['-C', '--yaml'], /identities:/],
    ['a whole network', ['init', 'net', '--nodes', 'com.example.a,com.example.b'], /nats-server -c/],
  ])('prints %s', async (_, args, text) => {
    const { finished } = new Program(left.config, args, { file, cwd: directory, printsKeys: args.includes('-C') });
    expect(await finished).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(text), stderr: '' });
  });

  it('is a library there too', async () => {
    writeFileSync(join(directory, 'use.js'), "import { loadConfig } from 'remaphore'; console.log(typeof loadConfig);");
    expect((await run(process.execPath, ['use.js'], { cwd: directory })).stdout).toBe('function\n');
  });
});
