/** What kind of thing is wrong with a configuration. */
export type ConfigErrorCode = 'unreadable' | 'syntax' | 'missing' | 'value' | 'conflict';

/** A configuration that cannot be used. The message begins with where, and never holds a key. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly code: ConfigErrorCode;
  readonly file: string;
  /** counted from 1; undefined when the fault is in no single line */
  readonly line: number | undefined;

  constructor(code: ConfigErrorCode, file: string, where: Where, message: string, options?: ErrorOptions) {
    super(`${formatWhere(file, where)}: ${message}`, options);
    this.code = code;
    this.file = file;
    this.line = typeof where === 'number' ? where : undefined;
  }
}

/** A place in a configuration: a line counted from 1, a path such as `peers[2].verbs`, or the file as a whole. */
export type Where = number | string | undefined;

/** A place as messages name it. */
export function formatWhere(file: string, where: Where): string {
  if (where === undefined) return file;
  return typeof where === 'number' ? `${file}:${where}` : `${file}: ${where}`;
}
