import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PEERS_HEADING } from '../../src/config/format.ts';
import { insertPeer } from '../../src/config/insert-peer.ts';
import { parseConfig } from '../../src/config/load.ts';
import { configText, IDENTITY, OTHER, PEER } from '../helpers/config-text.ts';
import { createTestKeys } from '../helpers/forge.ts';

const NEW = `com.x.new ${createTestKeys().publicKey} [ping]`;

describe('a line added to the Peers', () => {
  it.each([
    ['after the last one', 'x: y\n[ Peers ]\na b [c]\n', 'NEW\n', ''],
    ['after the heading when there is none', '[ Peers ]\n', 'NEW\n', ''],
    ['after what explains the heading', '[peers] # x\n# y\n', 'NEW\n', '\n# z\n'],
    ['before another section', '[Peers]\na b [c]\n', 'NEW\n', '\n# d\n[ Identities ]\n'],
    ['after the last one, comments between them', '[Peers]\na b [c]\n# d\ne f [g]\n', 'NEW\n', ''],
    ['in the last of two sections', '[Peers]\na b [c]\n[X]\n[PEERS]\nd e [f]\n', 'NEW\n', ''],
    ['with the file’s line ends', '[ Peers ]\r\na b [c]\r\n', 'NEW\r\n', '\r\n'],
    ['after a last line without an end', '[ Peers ]\na b [c]', '\nNEW', ''],
    ['after a heading without an end', 'x\r\n  [ Peers ]', '\r\nNEW', ''],
    ['not after a heading in a comment', '[Peers]\n# [ Peers ]\n', 'NEW\n', '[X]\n# [ Peers ]\n'],
    ['in a section of its own', 'x: y', `\n\n${PEERS_HEADING}\nNEW\n`, ''],
  ])('stands %s', (_, before, added, after) => {
    expect(insertPeer(before + after, 'NEW')).toBe(before + added + after);
  });

  it('is read as one more peer, behind the others, whatever surrounds them', async () => {
    const comment = fc.constantFrom('', '# note', '  # [ Peers ]', '\t');
    const gap = fc.array(comment, { maxLength: 3 });
    const layout = fc.record({
      gaps: fc.tuple(gap, gap, gap, gap),
      peersFirst: fc.boolean(),
      hasPeer: fc.boolean(),
      end: fc.constantFrom('\n', '\r\n'),
      isEnded: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(layout, async ({ gaps, peersFirst, hasPeer, end, isEnded }) => {
        const [head = ''] = configText().split('[ Identities ]');
        const peers = ['[ Peers ]', ...gaps[0], ...(hasPeer ? [PEER] : []), ...gaps[1]];
        const identities = ['[ Identities ]', ...gaps[2], IDENTITY, ...gaps[3]];
        const sections = peersFirst ? [...peers, ...identities] : [...identities, ...peers];
        const text = [...head.trimEnd().split('\n'), ...sections].join(end) + (isEnded ? end : '');
        const changed = insertPeer(text, NEW);
        const { peers: read, identities: own } = await parseConfig(changed, 'x.conf');
        expect(read.map(({ destination }) => destination)).toEqual([...(hasPeer ? ['com.x.z'] : []), 'com.x.new']);
        expect(own).toHaveLength(1);
        expect(changed.replace(`${NEW}${end}`, '').replace(`${end}${NEW}`, '')).toBe(text);
        if (hasPeer) expect(changed).toContain(OTHER.publicKey);
      }),
    );
  });
});
