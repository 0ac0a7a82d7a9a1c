import yargs from 'yargs';
import { OPTIONS, type OptionSpec } from './options.ts';

const USAGE = `remaphore waits for signed messages from other hosts, and sends them.

  remaphore -s [-D pattern] [-p key] [-u uuid] [-v verb] [message…]      send and forget
  remaphore -r [the same] [-t duration] [--require …] [message…]         ask, collect replies
  remaphore [-D destination | -d] [-o] [-p key] [-t duration] [-u uuid]
            [-v verb,…] [-j N] [script [args…]]                          receive
  remaphore -C [--yaml]                                                  print an example configuration

Options end at the first word that is not one. A message of - is read from standard input.`;

const EPILOGUE = `A script is run as: script args… verb payload, without a shell; the environment has REMAPHORE_SENDER,
REMAPHORE_SENDER_DESTINATION, REMAPHORE_VERB, REMAPHORE_TIME, REMAPHORE_UUID, REMAPHORE_MSG and REMAPHORE_DESTMATCH.

Exit codes: 0 it worked · 1 nothing came in time, or nobody answered · 2 wrong usage or configuration · 3 the broker ·
4 fewer replies than required · 70 a bug · 74 output could not be written · 128+n ended by a signal · with -e, the
script's own.`;

/** The help text, made from the table of options. */
export async function formatHelp(columns: number): Promise<string> {
  const parser = yargs([]).usage('').wrap(columns).help(false).version(false);
  for (const spec of OPTIONS as readonly OptionSpec[]) {
    parser.option(spec.name, {
      ...(spec.short !== undefined && { alias: spec.short }),
      ...(spec.value === undefined ? { type: 'boolean' } : { type: 'string' }),
      describe: spec.value === undefined ? spec.describe : `${spec.value}: ${spec.describe}`,
      group: `${spec.group}:`,
    });
  }
  // The types in brackets say nothing that the value's name does not.
  const options = (await parser.getHelp()).replaceAll(/ *\[(?:boolean|string)\]/g, '').replaceAll(/\n\n(?= )/g, '\n');
  return `${USAGE}\n\n${options.trim()}\n\n${EPILOGUE}\n`;
}
