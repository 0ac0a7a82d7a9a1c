/** What a user's token says of itself; times are Unix times in milliseconds. */
export interface TokenTimes {
  issuedMs: number | undefined;
  /** not to be used before */
  notBeforeMs: number | undefined;
  /** not to be used after; undefined: for ever */
  expiresMs: number | undefined;
}

/** Far more than a server takes; the time to read JSON grows faster than its length when it is nested. */
const MAX_TOKEN_CHARACTERS = 65_536;

/**
 * Reads the times of a user's token (RFC 7519 §4.1); its signature is the server's to verify.
 *
 * @param jwt the token
 * @returns undefined when it is none
 */
export function readTokenTimes(jwt: string): TokenTimes | undefined {
  if (jwt.length > MAX_TOKEN_CHARACTERS) return undefined;
  let claims: unknown;
  try {
    claims = JSON.parse(Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
  if (typeof claims !== 'object' || claims === null) return undefined;
  const { iat, nbf, exp } = claims as Record<string, unknown>;
  return { issuedMs: toMs(iat), notBeforeMs: toMs(nbf), expiresMs: toMs(exp) };
}

/** The latest time that a Date can be; a token of later is for ever. */
const MAX_TIME_MS = 8.64e15;

/** NATS also writes 0 for a time that is not given. */
function toMs(seconds: unknown): number | undefined {
  const isTime = typeof seconds === 'number' && seconds > 0 && seconds <= MAX_TIME_MS / 1000;
  return isTime ? seconds * 1000 : undefined;
}
