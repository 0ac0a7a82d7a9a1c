// What is made from the tables of the program is what the repository holds. `npm run docs` writes it.

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { formatManual } from '../../scripts/docs/manual.ts';
import { formatReference } from '../../scripts/docs/reference.ts';
import { TABLES } from '../../scripts/docs/tables.ts';

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));

describe('the manual', () => {
  it('is current', async () => {
    await expect(formatManual(TABLES, version)).toMatchFileSnapshot('../../man/remaphore.1');
  });
});

describe('the reference', () => {
  it('is current', async () => {
    await expect(formatReference(TABLES)).toMatchFileSnapshot('../../docs/reference.md');
  });
});
