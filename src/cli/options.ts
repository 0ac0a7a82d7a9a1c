// Every option, once: the parser, its errors, the help and everything generated come from this table.

import { ACT_OPTIONS } from './options/acts.ts';
import { ASKING_OPTIONS } from './options/asking.ts';
import { COORDINATION_OPTIONS } from './options/coordination.ts';
import { GENERAL_OPTIONS } from './options/general.ts';
import { HISTORY_OPTIONS } from './options/history.ts';
import { MESSAGE_OPTIONS } from './options/messages.ts';
import { NETWORK_OPTIONS } from './options/networks.ts';
import { RECEIVING_OPTIONS } from './options/receiving.ts';
import type { OptionSpec } from './options/spec.ts';

export type { Act, CommandName, OptionSpec } from './options/spec.ts';

export const OPTIONS = [
  ...ACT_OPTIONS,
  ...MESSAGE_OPTIONS,
  ...RECEIVING_OPTIONS,
  ...ASKING_OPTIONS,
  ...HISTORY_OPTIONS,
  ...COORDINATION_OPTIONS,
  ...NETWORK_OPTIONS,
  ...GENERAL_OPTIONS,
] as const satisfies readonly OptionSpec[];

/** The name of an option. */
export type OptionName = (typeof OPTIONS)[number]['name'];
