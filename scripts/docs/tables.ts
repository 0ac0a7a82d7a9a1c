// What the manual and the reference are made from: the tables of the program itself.

import { COMMANDS, type CommandSpec } from '../../src/cli/commands.ts';
import { EXIT_CODES, type ExitCodeSpec } from '../../src/cli/exit-codes.ts';
import { type Act, OPTIONS, type OptionSpec } from '../../src/cli/options.ts';
import { SYNOPSES, type Synopsis } from '../../src/cli/synopses.ts';
import { VARIABLES, type VariableSpec } from '../../src/cli/variables.ts';

export interface Tables {
  options: readonly OptionSpec[];
  commands: readonly Omit<CommandSpec, 'run'>[];
  synopses: readonly Synopsis[];
  exitCodes: readonly ExitCodeSpec[];
  variables: readonly VariableSpec[];
}

export const TABLES: Tables = {
  options: OPTIONS,
  commands: COMMANDS,
  synopses: SYNOPSES,
  exitCodes: EXIT_CODES,
  variables: VARIABLES,
};

/** An option as it is for one act or command. */
export function describeOption(spec: OptionSpec, purpose: Act | CommandSpec['name']): string {
  return spec.describeFor?.[purpose] ?? spec.describe;
}

/** What else is to be said of an option: clauses. */
export function listConditions({ repeats, excludes = [] }: OptionSpec, options: readonly OptionSpec[]): string[] {
  const others = excludes.filter((name) => options.some((spec) => spec.name === name)).map((name) => `--${name}`);
  return [
    ...(repeats ? ['given again, it adds to the list'] : []),
    ...(others.length > 0 ? [`not with ${others.join(', ')}`] : []),
  ];
}

/** A clause as the beginning of a sentence. */
export function capitalize(clause: string): string {
  return clause.replace(/^./u, (first) => first.toUpperCase());
}
