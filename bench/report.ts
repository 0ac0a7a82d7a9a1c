import { execFileSync } from 'node:child_process';
import { cpus } from 'node:os';
import type { Yardsticks } from './yardstick.ts';

const TABLE_START = '<!-- results -->';
const TABLE_END = '<!-- /results -->';

/** What the figures were measured with, a line each. */
export function describeMachine(natsServer: string, { nodeMs, verificationUs }: Yardsticks): string[] {
  const version = execFileSync(natsServer, ['--version'], { encoding: 'utf8' }).trim();
  const processors = cpus();
  return [
    `${new Date().toISOString().slice(0, 10)}, node ${process.version}, ${version.replace(': v', ' ')}`,
    `${processors.length} × ${processors[0]?.model.trim()}`,
    `\`node -e 0\` takes ${nodeMs.toFixed(1)} ms here, one verification of an ed25519 signature ${verificationUs.toFixed(1)} µs`,
  ];
}

/** The text of RESULTS.md. */
export function formatReport(machine: readonly string[], table: string, remarks: readonly string[]): string {
  return [
    '# Results',
    '',
    'Written by `npm run bench`. Each figure is a median, with the smallest and the largest value.',
    'The goals, and whether they are met, are for the bundle (started with node) and then for the binary.',
    '',
    ...machine.map((line) => `- ${line}`),
    '',
    table,
    ...(remarks.length > 0 ? ['', ...remarks.map((remark) => `- ${remark}`)] : []),
    '',
  ].join('\n');
}

/** The text of docs/performance.md with this table in place of the one there. */
export function replaceTable(text: string, machine: readonly string[], table: string): string {
  const [before, after] = [text.indexOf(TABLE_START), text.indexOf(TABLE_END)];
  if (before === -1 || after < before) throw new Error(`expected a line ${TABLE_START} and a line ${TABLE_END}`);
  const lines = [text.slice(0, before) + TABLE_START, '', ...machine.map((line) => `- ${line}`), '', table, ''];
  return `${lines.join('\n')}\n${text.slice(after)}`;
}
