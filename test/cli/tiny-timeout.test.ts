import { describe, expect, it } from 'vitest';
import { type ActOptions, readAct } from '../../src/cli/read-act.ts';
import { splitWords } from '../../src/cli/words.ts';

function timeoutOf(text: string): number | undefined {
  const options: ActOptions = readAct(splitWords(['-o', '-t', text]), {});
  return 'timeoutMs' in options ? options.timeoutMs : undefined;
}

describe('a timeout below what can be measured', () => {
  it.each(['0.1ns', '.9ns', '0.0001us', '0s0.5ns', '1ns'])('is a very short one, and not "never": %s', (text) => {
    expect(timeoutOf(text)).toBeGreaterThan(0);
    expect(timeoutOf(text)).toBeLessThan(0.001);
  });

  it.each(['0', '0ns', '0.0s', '0h0m0s'])('is "never" only when it is nothing at all: %s', (text) => {
    expect(timeoutOf(text)).toBe(0);
  });
});
