// man/remaphore.1, in man(7).

import { formatUsage } from '../../src/cli/commands.ts';
import type { OptionSpec } from '../../src/cli/options.ts';
import { INTRODUCTION, RULES, SCRIPT_CALL } from '../../src/cli/synopses.ts';
import { DEFAULT_CONFIG_FILE } from '../../src/config/load.ts';
import { EXAMPLES } from './examples.ts';
import { bold, escapeRoff, formatLines, formatProse, formatTagged, italic } from './roff.ts';
import { capitalize, describeOption, listConditions, type Tables } from './tables.ts';

/** A manual must have one. It is set by hand, when what it says has changed much, so that it does not go stale by itself. */
const DATE = '2026-11-25';

const DESCRIPTION = [
  'A host waits until another host gives a signal, then goes on, runs a script, or answers. Signals are signed ' +
    '(ed25519) and travel over NATS; each host has its own list of the keys it trusts and of what each may ask, so ' +
    'neither the broker nor a stranger on the subject can make a host do anything. No host opens a port.',
  RULES,
];

/**
 * The manual.
 *
 * @param version of the program
 */
export function formatManual(tables: Tables, version: string): string {
  const { options, commands, synopses, exitCodes, variables } = tables;
  const groups = [...new Set(options.map(({ group }) => group))];
  return `${[
    '.\\" Made by `npm run docs` from the tables of the program: not to be edited.',
    `.TH REMAPHORE 1 ${DATE} "remaphore ${version}" "User Commands"`,
    '.SH NAME',
    'remaphore \\- wait for signed messages from other hosts, and send them',
    '.SH SYNOPSIS',
    ...synopses.map(formatSynopsis),
    '.SH DESCRIPTION',
    formatProse(INTRODUCTION),
    ...DESCRIPTION.map((text) => `.PP\n${formatProse(text)}`),
    '.SH OPTIONS',
    ...groups.flatMap((group) => [
      `.SS ${escapeRoff(group)}`,
      ...options.filter((spec) => spec.group === group).map((spec) => formatOption(spec, spec.describe, options)),
    ]),
    '.SH COMMANDS',
    ...commands.flatMap((command) => formatCommand(tables, command)),
    '.SH EXIT STATUS',
    ...exitCodes.map(({ code, describe }) => formatTagged(bold(code), formatProse(describe))),
    '.SH ENVIRONMENT',
    ...formatVariables(variables, 'program'),
    `.PP\n${formatProse(`${SCRIPT_CALL}. Its environment is the caller’s and`)}`,
    ...formatVariables(variables, 'script'),
    '.SH FILES',
    formatTagged(italic(DEFAULT_CONFIG_FILE), 'The configuration, unless another is named.'),
    '.SH EXAMPLES',
    ...EXAMPLES.flatMap(({ describe, lines }, i) => [
      `${i === 0 ? '' : '.PP\n'}${formatProse(describe)}`,
      formatLines(lines),
    ]),
    '.SH SEE ALSO',
    '.BR crontab (5),\n.BR systemd.service (5)',
    `.PP\n${formatProse('The guide, the cookbook and the reference that come with the program; https://nats.io')}`,
  ].join('\n')}\n`;
}

function formatSynopsis({ words }: Tables['synopses'][number]): string {
  return ['.SY remaphore', ...words.map(formatWord), '.YS'].join('\n');
}

/** A part of a form: what is to be typed in bold, what stands for something else in italics. */
function formatWord(word: string): string {
  const parts = word.match(/--?[A-Za-z][a-z-]*|[A-Za-z]+|[^A-Za-z-]+|-/g) ?? [];
  const shown = parts.map((part) => {
    if (/^--?[A-Za-z]/.test(part)) return bold(part);
    return /^[A-Za-z]/.test(part) ? italic(part) : escapeRoff(part);
  });
  return shown.join('');
}

function formatOption(spec: OptionSpec, describe: string, options: readonly OptionSpec[]): string {
  const names = [...(spec.short === undefined ? [] : [`-${spec.short}`]), `--${spec.name}`].map(bold).join(', ');
  const tag = spec.value === undefined ? names : `${names} ${italic(spec.value)}`;
  return formatTagged(tag, formatProse([describe, ...listConditions(spec, options)].join('; ')));
}

function formatCommand(tables: Tables, command: Tables['commands'][number]): string[] {
  const { name, describe, details } = command;
  const isOf = ({ acts }: OptionSpec) => acts.includes(name);
  // What every act and command has is said above, and once.
  const isGeneral = ({ acts }: OptionSpec) => tables.commands.every((command) => acts.includes(command.name));
  const own = tables.options.filter((spec) => isOf(spec) && !isGeneral(spec));
  return [
    `.SS ${escapeRoff(formatUsage(command))}`,
    formatProse(`${capitalize(describe)}.`),
    `.PP\n${formatProse(details)}`,
    ...own.map((spec) => formatOption(spec, describeOption(spec, name), tables.options.filter(isOf))),
  ];
}

function formatVariables(variables: Tables['variables'], reader: 'program' | 'script'): string[] {
  return variables
    .filter((variable) => variable.reader === reader)
    .map(({ name, describe }) => formatTagged(bold(name), formatProse(describe)));
}
