/** A text as one word of a POSIX shell's, in quotes where it needs them. */
export function formatShellWord(text: string): string {
  if (/^[A-Za-z0-9_/.,:=@%+-]+$/.test(text)) return text;
  return `'${text.replaceAll("'", "'\\''")}'`;
}
