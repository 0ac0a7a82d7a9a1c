// Text for man(7). A line must not begin with a dot or an apostrophe; a backslash begins an escape; a hyphen that is to
// be typed must be a minus; quotes, carets, tildes and backquotes would be set as typographic ones.

const ESCAPES: Record<string, string> = {
  '\\': '\\e',
  '-': '\\-',
  "'": '\\(aq',
  '`': '\\(ga',
  '^': '\\(ha',
  '~': '\\(ti',
  '"': '\\(dq',
  '’': '\\(cq',
  '…': '\\&...',
};

/** What is set in bold in prose: options. */
const OPTION = /(?<![\w-])--?[A-Za-z][a-z-]*(?![\w])/g;

/** A text that is shown as it is, wherever in a line it stands. */
export function escapeRoff(text: string): string {
  const escaped = text
    .replace(/\s+/g, ' ')
    .replace(/[\\\-'`^~"’…]|[^\x20-\x7e]/gu, (character) => ESCAPES[character] ?? formatCode(character));
  return /^[.']/.test(escaped) ? `\\&${escaped}` : escaped;
}

function formatCode(character: string): string {
  return `\\[u${(character.codePointAt(0) as number).toString(16).toUpperCase().padStart(4, '0')}]`;
}

/** The same, with options in bold. */
export function formatProse(text: string): string {
  let shown = '';
  let at = 0;
  for (const match of text.matchAll(OPTION)) {
    shown += escapeRoff(text.slice(at, match.index)) + bold(match[0]);
    at = match.index + match[0].length;
  }
  shown += escapeRoff(text.slice(at));
  return shown.replace(/^([.'])/, '\\&$1');
}

export function bold(text: string): string {
  return `\\fB${escapeRoff(text)}\\fR`;
}

export function italic(text: string): string {
  return `\\fI${escapeRoff(text)}\\fR`;
}

/** A tagged paragraph: what it is about, and what is to be said. */
export function formatTagged(tag: string, text: string): string {
  return `.TP\n${tag}\n${text}`;
}

/** Lines as they are, in a fixed width where there is one. */
export function formatLines(lines: readonly string[]): string {
  return ['.PP', '.RS 4', '.nf', ...lines.map((line) => escapeLine(line)), '.fi', '.RE'].join('\n');
}

function escapeLine(line: string): string {
  const indent = /^ */.exec(line)?.[0] ?? '';
  return indent + escapeRoff(line.slice(indent.length));
}
