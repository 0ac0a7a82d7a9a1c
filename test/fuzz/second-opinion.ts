// The formats once more, each as one pattern or one sum, written from their description and with no regard to time.

/** A message's fields, as `latin1` text; undefined: it is none. */
export function readMessageSlowly(bytes: Buffer): string[] | undefined {
  const form =
    /^([^,]{32,44}),([^,]{64,88}),([^,]*),(0|[1-9a-f][0-9a-f]{0,15}),((?:[0-9a-f]{2}){0,32}),([^,]+),([Q_]),(.*)$/s;
  const [, ...fields] = form.exec(bytes.toString('latin1')) ?? [];
  const [, , destination, , , verb] = fields;
  return destination !== undefined && verb !== undefined && isText(destination) && isText(verb) ? fields : undefined;
}

function isText(latin1: string): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(latin1, 'latin1'));
    return true;
  } catch {
    return false;
  }
}

/** Whether a pattern reaches a destination. */
export function matchSlowly(pattern: string, destination: string): boolean {
  if (destination.includes('*')) return false;
  if (pattern === '**') return true;
  const open = pattern.endsWith('.**');
  const segments = (open ? pattern.slice(0, -3) : pattern).split('.');
  if (segments.some((segment) => segment.split('*').length > 2)) return false;
  const forms = segments.map((segment) => segment.split('*').map(escapeForm).join('[^.]*'));
  return new RegExp(`^${forms.join('\\.')}${open ? '(\\.[^.]*)+' : ''}$`, 'u').test(destination);
}

function escapeForm(text: string): string {
  return text.replace(/[\\^$+?()[\]{}|/]/g, '\\$&');
}

const UNIT_NS: Record<string, bigint> = {
  ...{ ns: 1n, us: 1000n, '\u00b5s': 1000n, '\u03bcs': 1000n, ms: 1_000_000n, s: 10n ** 9n },
  ...{ m: 60n * 10n ** 9n, h: 3600n * 10n ** 9n, d: 86_400n * 10n ** 9n },
};

/** A duration in nanoseconds, each part cut to whole ones; undefined: it is none. */
export function readDurationSlowly(text: string): bigint | undefined {
  if (/^[+-]?0$/.test(text)) return 0n;
  const part = '(?:[0-9]+(?:\\.[0-9]*)?|\\.[0-9]+)(?:ns|us|\u00b5s|\u03bcs|ms|s|m|h|d)';
  if (!new RegExp(`^[+-]?(?:${part})+$`).test(text)) return undefined;
  let sum = 0n;
  for (const [, whole, decimals = '', unit] of text.matchAll(/([0-9]*)\.?([0-9]*)([a-z\u00b5\u03bc]+)/g)) {
    sum += (BigInt(`${whole}${decimals}`) * (UNIT_NS[unit as string] as bigint)) / 10n ** BigInt(decimals.length);
  }
  if (sum >= 2n ** 63n) return undefined;
  return text.startsWith('-') ? -sum : sum;
}
