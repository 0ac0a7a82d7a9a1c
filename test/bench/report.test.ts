import { describe, expect, it } from 'vitest';
import { replaceTable } from '../../bench/report.ts';

describe('the description of the performance', () => {
  it('gets the new table in place of the old one, and keeps the rest', () => {
    const text = 'before\n<!-- results -->\n\nold\n\n<!-- /results -->\nafter\n';
    const once = replaceTable(text, ['a machine'], '| new |');
    expect(once).toBe('before\n<!-- results -->\n\n- a machine\n\n| new |\n\n<!-- /results -->\nafter\n');
    expect(replaceTable(once, ['a machine'], '| new |')).toBe(once);
  });

  it('is refused when it has no place for one', () => {
    expect(() => replaceTable('text', [], '')).toThrow('<!-- results -->');
  });
});
