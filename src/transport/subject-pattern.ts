/** Whether a stream's subject, which may have wildcards, covers one without. */
export function covers(pattern: string, subject: string): boolean {
  const parts = pattern.split('.');
  const tokens = subject.split('.');
  const isOpen = parts.at(-1) === '>';
  if (isOpen ? tokens.length < parts.length : tokens.length !== parts.length) return false;
  const fixed = isOpen ? parts.slice(0, -1) : parts;
  return fixed.every((part, i) => part === '*' || part === tokens[i]);
}
