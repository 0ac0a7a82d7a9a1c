/** What a command ends with; documented in README.md. */
export const ExitCode = {
  /** it worked: sent; a message came; a reply came */
  ok: 0,
  /** nothing came in time, or nobody answered */
  nothing: 1,
  /** wrong usage or configuration */
  usage: 2,
  /** the broker: unreachable, refused, not permitted, or not connected when the time ran out */
  broker: 3,
  /** replies came, but fewer than --require asked for */
  tooFew: 4,
  /** a bug (EX_SOFTWARE of sysexits.h) */
  bug: 70,
  /** the host has no file descriptors left (EX_OSERR of sysexits.h) */
  os: 71,
  /** output, or the file of what was accepted, could not be written (EX_IOERR of sysexits.h) */
  io: 74,
  /** plus the signal's number: ended by it */
  signal: 128,
} as const;
