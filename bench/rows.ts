// What is measured, as data: the table, the goals and the comparison with the baseline all come from here.

/** The programs that are compared. */
export type ProgramName = 'bundle' | 'binary' | 'peer';

/** What a figure is divided by before it is compared with another run's, so that another machine matters less. */
export type Yardstick = 'node' | 'verification' | 'none';

/** What a line of the table says of itself. */
interface RowSettings {
  title: string;
  unit: '×' | 'ms' | 's' | 'MB' | 'µs' | 'msg/s';
  goal: { bundle: number; binary: number | undefined };
  /** whether less or more of it is better */
  better: 'less' | 'more';
  yardstick: Yardstick;
  /** what a native implementation once took, on another machine */
  native: string;
}

export const ROWS = [
  {
    name: 'start',
    title: 'whole process of `-s`, to that of `node -e 0`',
    unit: '×',
    goal: { bundle: 2, binary: 0.75 },
    better: 'less',
    yardstick: 'none',
    native: '0.23',
  },
  {
    name: 'wake',
    title: 'from the publication of a signal to the exit of the waiter',
    unit: 'ms',
    goal: { bundle: 5, binary: 4 },
    better: 'less',
    yardstick: 'node',
    native: '2.7–3.4',
  },
  {
    name: 'memory',
    title: 'resident memory of a waiter',
    unit: 'MB',
    goal: { bundle: 48, binary: 40 },
    better: 'less',
    yardstick: 'none',
    native: '7',
  },
  {
    name: 'other-destination',
    title: 'CPU per message for another destination',
    unit: 'µs',
    goal: { bundle: 4, binary: 4 },
    better: 'less',
    yardstick: 'verification',
    native: '44',
  },
  {
    name: 'unknown-key',
    title: 'CPU per message from an unknown key',
    unit: 'µs',
    goal: { bundle: 3, binary: 3 },
    better: 'less',
    yardstick: 'verification',
    native: '8.5',
  },
  {
    name: 'junk',
    title: 'CPU per message of random bytes',
    unit: 'µs',
    goal: { bundle: 2, binary: 2 },
    better: 'less',
    yardstick: 'verification',
    native: '2.5',
  },
  {
    name: 'other-uuid',
    title: 'CPU per message with another uuid',
    unit: 'µs',
    goal: { bundle: 5, binary: 5 },
    better: 'less',
    yardstick: 'verification',
    native: '42',
  },
  {
    name: 'forged',
    title: 'CPU per message that all is right with but the signature',
    unit: 'µs',
    goal: { bundle: 75, binary: 75 },
    better: 'less',
    yardstick: 'verification',
    native: '44',
  },
  {
    name: 'library',
    title: 'messages verified and taken by a consumer of the library',
    unit: 'msg/s',
    goal: { bundle: 25_000, binary: undefined },
    better: 'more',
    yardstick: 'verification',
    native: '23,000',
  },
  {
    name: 'request-1000',
    title: 'request that 1,000 answer, whole process',
    unit: 'ms',
    goal: { bundle: 110, binary: 85 },
    better: 'less',
    yardstick: 'node',
    native: '97',
  },
  {
    name: 'request-50000',
    title: 'request that 50,000 answer, whole process',
    unit: 's',
    goal: { bundle: 5, binary: 5 },
    better: 'less',
    yardstick: 'node',
    native: '–',
  },
  {
    name: 'request-50000-memory',
    title: 'the same: growth of its memory',
    unit: 'MB',
    goal: { bundle: 150, binary: 150 },
    better: 'less',
    yardstick: 'none',
    native: '–',
  },
  {
    name: 'send-10000-peers',
    title: 'what 10,000 peers add to `-s`',
    unit: 'ms',
    goal: { bundle: 3, binary: 3 },
    better: 'less',
    yardstick: 'node',
    native: '–',
  },
  {
    name: 'receive-10000-peers',
    title: 'what they add until a waiter is ready',
    unit: 'ms',
    goal: { bundle: 25, binary: 25 },
    better: 'less',
    yardstick: 'node',
    native: '–',
  },
  {
    name: 'lock',
    title: 'lock taken and given back that nobody else wants, to one round trip of the broker',
    unit: '×',
    goal: { bundle: 8, binary: 8 },
    better: 'less',
    yardstick: 'none',
    native: '–',
  },
  {
    name: 'since-1000000',
    title: '`-u … --since` that finds its signal, with 1,000,000 messages kept before the time that it looks at',
    unit: 'ms',
    goal: { bundle: 250, binary: 250 },
    better: 'less',
    yardstick: 'node',
    native: '–',
  },
  {
    name: 'since-1000000-ratio',
    title: 'the same, to that without those',
    unit: '×',
    goal: { bundle: 1.25, binary: 1.25 },
    better: 'less',
    yardstick: 'none',
    native: '–',
  },
  {
    name: 'since-1000000-memory',
    title: 'receiver that takes 1,000,000 messages that were kept: growth of its memory',
    unit: 'MB',
    goal: { bundle: 30, binary: 30 },
    better: 'less',
    yardstick: 'none',
    native: '–',
  },
] as const satisfies readonly (RowSettings & { name: string })[];

export type RowName = (typeof ROWS)[number]['name'];

/** One line of the table. */
export type Row = RowSettings & { name: RowName };

export const ROW_NAMES: readonly RowName[] = ROWS.map(({ name }) => name);

export function isRowName(name: string): name is RowName {
  return (ROW_NAMES as readonly string[]).includes(name);
}
