// npm run picture: draws docs/terminal.svg, the README's picture, from a real run: two shells on terminals of their own,
// a server between them, and the commands typed as a person would. Needs a build (npm run build) and util-linux's script.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import xterm from '@xterm/headless';
import { root } from './install.mjs';
import { findNatsServer } from './nats-server.mjs';

const COLUMNS = 62;
const ROWS = 5;

const program = join(root, 'bin/remaphore.js');
const directory = mkdtempSync(join(tmpdir(), 'remaphore-picture-'));
/** @type {import('node:child_process').ChildProcess[]} */
const children = [];

try {
  mkdirSync(join(directory, 'bin'));
  // What both hosts can reach.
  mkdirSync(join(directory, 'share'));
  symlinkSync(program, join(directory, 'bin/remaphore'));
  const nodes = ['com.example.server1', 'com.example.server2'];
  const network = spawn(program, ['dev', '--nodes', nodes.join(',')], {
    env: { ...process.env, NATS_SERVER: await findNatsServer() },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(network);
  const configs = await readConfigs(network, nodes);
  const uploader = openShell('server1', configs[0] ?? '');
  const downloader = openShell('server2', configs[1] ?? '');
  writeFileSync(join(directory, 'server1/bigfile'), 'big');

  await downloader.type('remaphore -u upload_done && cp -v share/bigfile .', 'waiting for');
  await uploader.type('cp -v bigfile share/ && remaphore -s -u upload_done', "'share/bigfile'\r\nserver1$ ");
  await downloader.shows("'./bigfile'\r\nserver2$ ");
  const picture = draw([
    ['server1', await uploader.lines()],
    ['server2', await downloader.lines()],
  ]);
  writeFileSync(join(root, 'docs/terminal.svg'), picture);
  console.log('docs/terminal.svg');
} finally {
  for (const child of children) child.kill('SIGTERM');
  await Promise.all(children.map((child) => child.exitCode ?? child.signalCode ?? once(child, 'exit')));
  rmSync(directory, { recursive: true, force: true });
}

/**
 * @param {import('node:child_process').ChildProcess} network
 * @param {string[]} nodes
 */
async function readConfigs(network, nodes) {
  /** @type {string[]} */
  const configs = [];
  for await (const line of createInterface({ input: /** @type {NodeJS.ReadableStream} */ (network.stdout) })) {
    configs.push(/REMAPHORE_CONFIG=(\S+)/.exec(line)?.[1] ?? '');
    if (configs.length === nodes.length) return configs;
  }
  throw new Error('remaphore dev ended early');
}

/**
 * A shell on a terminal, as on that host.
 *
 * @param {string} host
 * @param {string} config
 */
function openShell(host, config) {
  mkdirSync(join(directory, host));
  symlinkSync('../share', join(directory, host, 'share'));
  writeFileSync(join(directory, host, '.prompt'), `PS1='${host}$ '\n`);
  const child = spawn('script', ['-qec', 'sh -i', '/dev/null'], {
    cwd: join(directory, host),
    env: {
      ...process.env,
      PATH: `${join(directory, 'bin')}:${process.env.PATH}`,
      ENV: join(directory, host, '.prompt'),
      REMAPHORE_CONFIG: config,
      XDG_STATE_HOME: directory,
      TERM: 'xterm-256color',
      COLUMNS: String(COLUMNS),
    },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  children.push(child);
  const terminal = new xterm.Terminal({ cols: COLUMNS, rows: ROWS, allowProposedApi: true });
  let seen = '';
  let wake = () => {};
  child.stdout.on('data', (chunk) => {
    seen += chunk;
    terminal.write(chunk);
    wake();
  });
  const shows = async (/** @type {string} */ text) => {
    while (!seen.includes(text)) {
      await new Promise((resolve) => {
        wake = () => resolve(undefined);
      });
    }
  };
  return {
    shows,
    /** @param {string} command @param {string} until */
    async type(command, until) {
      await shows(`${host}$ `);
      child.stdin.write(`stty cols ${COLUMNS}; clear\n`);
      await shows('\u001b[2J');
      child.stdin.write(`${command}\n`);
      await shows(until);
    },
    async lines() {
      await new Promise((resolve) => terminal.write('', () => resolve(undefined)));
      const { active } = terminal.buffer;
      return Array.from({ length: ROWS }, (_, i) => active.getLine(i)?.translateToString(true) ?? '');
    },
  };
}

/**
 * The terminals' contents, one below the other.
 *
 * @param {[string, string[]][]} terminals
 */
function draw(terminals) {
  const [cell, line, pad, bar] = [8.4, 19, 12, 26];
  const width = Math.ceil(COLUMNS * cell + 2 * pad);
  const height = bar + ROWS * line + pad;
  const escapeXml = (/** @type {string} */ text) =>
    text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  const panes = terminals.map(([title, lines], i) => {
    const top = i * (height + pad);
    const rows = lines.flatMap((text, row) =>
      text === ''
        ? []
        : [`<text x="${pad}" y="${top + bar + (row + 1) * line}" xml:space="preserve">${escapeXml(text)}</text>`],
    );
    return [
      `<rect y="${top}" width="${width}" height="${height}" rx="6" fill="#1b1f24"/>`,
      `<rect y="${top}" width="${width}" height="${bar}" rx="6" fill="#30363d"/>`,
      `<text x="${width / 2}" y="${top + 18}" text-anchor="middle" fill="#9da7b1">${title}</text>`,
      ...rows,
    ].join('\n');
  });
  const total = terminals.length * (height + pad) - pad;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${total}" viewBox="0 0 ${width} ${total}" role="img" aria-label="One host waits for a signal with remaphore -u; the other gives it with remaphore -s, and the first goes on.">
<g font-family="ui-monospace,SFMono-Regular,Menlo,Consolas,monospace" font-size="14" fill="#e6edf3">
${panes.join('\n')}
</g>
</svg>
`;
}
