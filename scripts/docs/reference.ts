// docs/reference.md: every option by what it is for, every command, exit code and variable.

import type { CommandSpec } from '../../src/cli/commands.ts';
import { formatUsage } from '../../src/cli/commands.ts';
import type { Act, OptionSpec } from '../../src/cli/options.ts';
import { RULES, SCRIPT_CALL } from '../../src/cli/synopses.ts';
import { formatCode, formatTable, formatText } from './markdown.ts';
import { capitalize, describeOption, listConditions, type Tables } from './tables.ts';

const ACTS: readonly { act: Act; title: string }[] = [
  { act: 'send', title: 'Sending' },
  { act: 'request', title: 'Asking' },
  { act: 'receive', title: 'Receiving' },
  { act: 'example', title: 'An example configuration' },
];

/** The reference as Markdown. */
export function formatReference(tables: Tables): string {
  const { synopses, commands, exitCodes, variables } = tables;
  const acts = ACTS.map(({ act, title }) => {
    const forms = synopses.filter((synopsis) => synopsis.act === act);
    return section(`## ${title}`, ...forms.map(formatForm), formatOptions(tables, act));
  });
  return `${section(
    '<!-- Made by `npm run docs` from the tables of the program: not to be edited. -->',
    '# Reference',
    formatText(RULES),
    'Flags can stand together (`-so`); the value of an option is the next word, or attached: `-t5s`, `-t=5s`, ' +
      '`--timeout=5s`. The words of a command and its options can be mixed.',
    ...acts,
    '## Commands',
    ...commands.map((command) => formatCommand(tables, command)),
    '## Exit codes',
    formatTable(
      ['code', 'meaning'],
      exitCodes.map(({ code, describe }) => [formatText(code), formatText(describe)]),
    ),
    '## Environment',
    'Read by the program:',
    formatVariables(variables.filter(({ reader }) => reader === 'program')),
    `${formatText(SCRIPT_CALL)}. Its environment is the caller’s and`,
    formatVariables(variables.filter(({ reader }) => reader === 'script')),
    '## JSON',
    'With `--json`, each thing printed is a line of JSON on standard output, and each thing said one on standard error. ' +
      '[output.schema.json](output.schema.json) describes every field.',
  )}\n`;
}

function section(...blocks: string[]): string {
  return blocks.filter((block) => block !== '').join('\n\n');
}

function formatForm({ words, describe }: Tables['synopses'][number]): string {
  return section(`${formatText(capitalize(describe))}:`, `    remaphore ${words.join(' ')}`);
}

function formatCommand(tables: Tables, command: Tables['commands'][number]): string {
  const { name, describe, details } = command;
  return section(
    `### remaphore ${name}`,
    `${formatText(capitalize(describe))}:`,
    `    remaphore ${formatUsage(command)}`,
    formatText(details),
    formatOptions(tables, name),
  );
}

function formatOptions({ options }: Tables, purpose: Act | CommandSpec['name']): string {
  const rows = options.filter(({ acts }) => acts.includes(purpose)).map((spec) => formatOption(spec, purpose, options));
  return rows.length === 0 ? '' : formatTable(['short', 'long', 'value', 'meaning'], rows);
}

function formatOption(
  spec: OptionSpec,
  purpose: Act | CommandSpec['name'],
  options: readonly OptionSpec[],
): readonly string[] {
  const there = options.filter(({ acts }) => acts.includes(purpose));
  const meaning = [describeOption(spec, purpose), ...listConditions(spec, there)].join('; ');
  return [
    spec.short === undefined ? '' : formatCode(`-${spec.short}`),
    formatCode(`--${spec.name}`),
    spec.value === undefined ? '' : formatCode(spec.value),
    formatText(meaning),
  ];
}

function formatVariables(variables: Tables['variables']): string {
  return formatTable(
    ['variable', 'holds'],
    variables.map(({ name, describe }) => [formatCode(name), formatText(describe)]),
  );
}
