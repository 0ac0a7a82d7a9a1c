import yargs from 'yargs';
import type { Command } from '../commands/context.ts';
import { ExitCode } from '../commands/exit-code.ts';
import type { HelpCommandOptions } from '../commands/options.ts';
import { findResembling } from '../config/resembling.ts';
import { COMMAND_NAMES, COMMANDS, type CommandSpec, findCommand } from './commands.ts';
import { OPTIONS, type OptionSpec } from './options.ts';
import { fail } from './values.ts';

const DEFAULT_COLUMNS = 80;
const MAX_COLUMNS = 120;

const USAGE = `remaphore waits for signed messages from other hosts, and sends them.

  remaphore -s [-D pattern] [-p key] [-u uuid] [-v verb] [message…]      send and forget
  remaphore -r [the same] [-t duration] [--require …] [message…]         ask, collect replies
  remaphore [-D destination | -d] [-o] [-p key] [-t duration] [-u uuid]
            [-v verb,…] [-j N] [script [args…]]                          receive
  remaphore -C [--yaml]                                                  print an example configuration
  remaphore COMMAND …                                                    what COMMAND does

Options end at the first word that is not one. A message of - is read from standard input. A first word that is a
command's name is that command; a script of that name is run as -- NAME or ./NAME.`;

const EPILOGUE = `A script is run as: script args… verb payload, without a shell; the environment has REMAPHORE_SENDER,
REMAPHORE_SENDER_DESTINATION, REMAPHORE_VERB, REMAPHORE_TIME, REMAPHORE_UUID, REMAPHORE_MSG and REMAPHORE_DESTMATCH;
with --durable also REMAPHORE_ATTEMPT.

Exit codes: 0 it worked · 1 nothing came in time, or nobody answered · 2 wrong usage or configuration · 3 the broker ·
4 fewer replies than required · 70 a bug · 74 output could not be written · 128+n ended by a signal · with -e, the
script's own.`;

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
  return `${USAGE}\n\n${await layOut(OPTIONS, commands, columns)}\n\n${EPILOGUE}\n`;
}

/** A command's help, made from the same tables. */
export async function formatCommandHelp(command: CommandSpec, columns: number): Promise<string> {
  const { name, words, describe, details } = command;
  const options = (OPTIONS as readonly OptionSpec[])
    .filter(({ acts }) => acts.includes(name))
    .map((spec) => ({ ...spec, describe: spec.describeFor?.[name] ?? spec.describe }));
  return [
    `remaphore ${`${name} ${words}`.trim()} [options]: ${describe}\n`,
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
  return lines.join('\n');
}
