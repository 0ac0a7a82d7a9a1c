/** What the program does when its first word is no command's name: an option says which. */
export type Act = 'send' | 'request' | 'receive' | 'example';

/** The first word that makes the program do something else. */
export type CommandName =
  | 'init'
  | 'dev'
  | 'keygen'
  | 'check'
  | 'ping'
  | 'history'
  | 'lock'
  | 'barrier'
  | 'completion'
  | 'help';

/** One option of the command line. */
export interface OptionSpec {
  name: string;
  short?: string;
  /** what its value is called; none: it is a flag */
  value?: string;
  /** given again it adds to its value, which is a list with commas; otherwise the last one counts */
  repeats?: boolean;
  describe: string;
  /** where one of them has a meaning of its own: what its own help says instead */
  describeFor?: Partial<Record<Act | CommandName, string>>;
  group: 'What to do' | 'Messages' | 'Receiving' | 'Asking' | 'History' | 'Locks and barriers' | 'Commands' | 'General';
  /** the acts and commands that it has a meaning for */
  acts: readonly (Act | CommandName)[];
  /** the other options it cannot be with */
  excludes?: readonly string[];
}

/** Every act and command. */
export const EVERY: OptionSpec['acts'] = [
  ...(['send', 'request', 'receive', 'example'] as const),
  ...(['init', 'dev', 'keygen', 'check', 'ping', 'history', 'lock', 'barrier', 'completion', 'help'] as const),
];
/** The acts that messages travel for. */
export const MESSAGES: OptionSpec['acts'] = ['send', 'request', 'receive'];
/** Receiving alone. */
export const RECEIVE: OptionSpec['acts'] = ['receive'];
