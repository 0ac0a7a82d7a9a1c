import yargs from 'yargs';
import type { Command } from '../commands/context.ts';
import { ExitCode } from '../commands/exit-code.ts';
import type { HelpCommandOptions } from '../commands/options.ts';
import { findResembling } from '../config/resembling.ts';
import { COMMAND_NAMES, COMMANDS, type CommandSpec, findCommand, formatUsage } from './commands.ts';
import { EXIT_CODES } from './exit-codes.ts';
import { OPTIONS, type OptionSpec } from './options.ts';
import { INTRODUCTION, RULES, SCRIPT_CALL, SYNOPSES, type Synopsis } from './synopses.ts';
import { fail } from './values.ts';
import { VARIABLES } from './variables.ts';

const DEFAULT_COLUMNS = 80;
const MAX_COLUMNS = 120;
const NO_BREAK = '\u00a0';

/** Where the forms of a command line break, and what they are for stands. */
const SYNOPSIS_COLUMNS = 70;

/** Prints the help of the program, or of one command. */
export const runHelp: Command<HelpCommandOptions> = async ({ topic }, { output }) => {
  const columns = Math.min(process.stdout.columns ?? DEFAULT_COLUMNS, MAX_COLUMNS);
  const text = topic === undefined ? await formatHelp(columns) : await formatCommandHelp(findTopic(topic), columns);
  await output.data(Buffer.from(text));
  return ExitCode.ok;
};

function findTopic(topic: string): CommandSpec {
  const command = findCommand(topic);
  if (command !== undefined) return command;
  const meant = findResembling(topic, COMMAND_NAMES);
  return fail(
    `no command is called ${JSON.stringify(topic)}`,
    meant ? `did you mean ${meant}?` : `there are ${COMMAND_NAMES.join(', ')}`,
  );
}

/** The help text, made from the tables of commands and options. */
export async function formatHelp(columns: number): Promise<string> {
  const commands = COMMANDS.map(({ name, words, describe }) => [`${name} ${words}`.trim(), describe] as const);
  const given = VARIABLES.filter(({ reader, old }) => reader === 'script' && !old).map(({ name }) => name);
  // A code and what it means stay together.
  const codes = EXIT_CODES.map(({ code, brief }) => `${code} ${brief}`.replace(' ', NO_BREAK));
  return [
    `${INTRODUCTION}\n`,
    `${SYNOPSES.map(formatSynopsis).join('\n')}\n`,
    `${wrap(RULES, columns)}\n`,
    `${await layOut(OPTIONS, commands, columns)}\n`,
    `${wrap(`${SCRIPT_CALL}; the environment has ${given.slice(0, -1).join(', ')} and ${given.at(-1)}.`, columns)}\n`,
    `${wrap(`Exit codes: ${codes.join(`${NO_BREAK}· `)}.`, columns)}\n`,
  ].join('\n');
}

/** A form of the command line, and beside its last line what it is for. */
function formatSynopsis({ words, describe }: Synopsis): string {
  const indent = ' '.repeat('  remaphore '.length);
  const lines = ['  remaphore'];
  for (const word of words) {
    const longer = `${lines.at(-1)} ${word}`;
    if (longer.length <= SYNOPSIS_COLUMNS) lines[lines.length - 1] = longer;
    else lines.push(indent + word);
  }
  return `${[...lines.slice(0, -1), lines.at(-1)?.padEnd(SYNOPSIS_COLUMNS)].join('\n')}   ${describe}`;
}

/** A command's help, made from the same tables. */
export async function formatCommandHelp(command: CommandSpec, columns: number): Promise<string> {
  const { name, describe, details } = command;
  const options = (OPTIONS as readonly OptionSpec[])
    .filter(({ acts }) => acts.includes(name))
    .map((spec) => ({ ...spec, describe: spec.describeFor?.[name] ?? spec.describe }));
  return [
    `remaphore ${formatUsage(command)}: ${describe}\n`,
    wrap(details, columns),
    '',
    await layOut(options, [], columns),
    '',
  ].join('\n');
}

/** Commands and options in columns. */
async function layOut(
  options: readonly OptionSpec[],
  commands: readonly (readonly [string, string])[],
  columns: number,
): Promise<string> {
  const parser = yargs([]).scriptName('').usage('').wrap(columns).help(false).version(false);
  for (const [command, describe] of commands) parser.command(command, describe);
  for (const spec of options) {
    parser.option(spec.name, {
      ...(spec.short !== undefined && { alias: spec.short }),
      ...(spec.value === undefined ? { type: 'boolean' } : { type: 'string' }),
      describe: spec.value === undefined ? spec.describe : `${spec.value}: ${spec.describe}`,
      group: `${spec.group}:`,
    });
  }
  // The types in brackets say nothing that the value's name does not.
  return (await parser.getHelp())
    .replaceAll(/\s*\[(?:boolean|string)\](?=\n|$)/g, '')
    .replaceAll(/\n\n(?= )/g, '\n')
    .trim();
}

/** A text in lines of at most so many characters, where its words allow. */
function wrap(text: string, columns: number): string {
  const lines = [''];
  for (const word of text.split(' ')) {
    const line = lines.at(-1) as string;
    if (line !== '' && line.length + 1 + word.length > columns) lines.push(word);
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
  }
  return lines.join('\n').replaceAll(NO_BREAK, ' ');
}
