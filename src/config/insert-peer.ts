import { PEERS_HEADING } from './format.ts';

/**
 * Adds a line at the end of the [ Peers ] of a configuration in the line-based form; everything else stays as it is,
 * byte for byte.
 *
 * @param text the whole file, good as a configuration
 * @param peer the line, without its end
 */
export function insertPeer(text: string, peer: string): string {
  /** each with its end, which the last one may lack */
  const lines = text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
  let isPeers = false;
  let isEmpty = true;
  /** how many lines the new one follows */
  let at: number | undefined;
  for (const [i, line] of lines.entries()) {
    const written = line.trim();
    const isComment = written.startsWith('#');
    if (written.startsWith('[')) {
      isPeers = /^\[\s*peers\s*\]/i.test(written);
      isEmpty = true;
      if (isPeers) at = i + 1;
    } else if (isPeers && written !== '' && !isComment) {
      isEmpty = false;
      at = i + 1;
    } else if (isPeers && isEmpty && isComment && at === i) {
      // What stands right below the heading belongs to it.
      at = i + 1;
    }
  }
  const end = lines.some((line) => line.endsWith('\r\n')) ? '\r\n' : '\n';
  if (at === undefined) {
    const heading = PEERS_HEADING.replaceAll('\n', end);
    const gap = text === '' || text.endsWith('\n') ? '' : end;
    return `${text}${gap}${end}${heading}${end}${peer}${end}`;
  }
  const before = lines.slice(0, at).join('');
  // The last line of a file may have no end; the new last one has none then.
  return before.endsWith('\n') ? `${before}${peer}${end}${lines.slice(at).join('')}` : `${before}${end}${peer}`;
}
