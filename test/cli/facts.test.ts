// What the help, the manual and the reference say of exit codes and variables is what the program does.

import { describe, expect, it } from 'vitest';
import { EXIT_CODES } from '../../src/cli/exit-codes.ts';
import { formatHelp } from '../../src/cli/help.ts';
import { SYNOPSES } from '../../src/cli/synopses.ts';
import { VARIABLES } from '../../src/cli/variables.ts';
import { ExitCode } from '../../src/commands/exit-code.ts';
import { buildEnvironment } from '../../src/script/environment.ts';

describe('the table of exit codes', () => {
  it('has each that the program has, and a script’s own', () => {
    const codes = Object.entries(ExitCode).map(([name, code]) => (name === 'signal' ? `${code}+n` : `${code}`));
    expect(EXIT_CODES.map(({ code }) => code)).toEqual([...codes, 'any']);
  });
});

describe('the table of variables', () => {
  it('has each that a script is given', () => {
    const message = { publicKey: 'k', senderDestination: 'd', verb: 'v', timeNs: 0n, uuid: 'u' };
    const facts = { ...message, matchedDestination: 'm', attempt: 1 };
    const names = VARIABLES.filter(({ reader }) => reader === 'script').map(({ name }) => name);
    expect(names.sort()).toEqual(Object.keys(buildEnvironment({}, facts, 'payload')).sort());
  });
});

describe('the help', () => {
  it('shows every form of a command line, and what it is for', async () => {
    const help = (await formatHelp(80)).replaceAll(/\s+/g, ' ');
    for (const { words, describe: what } of SYNOPSES) {
      expect(help).toContain(`remaphore ${words.join(' ')} ${what}`);
    }
  });

  it('has each exit code on one line with what it means', async () => {
    const help = await formatHelp(80);
    for (const { code, brief } of EXIT_CODES) expect(help).toContain(`${code} ${brief.split(' ', 1)}`);
  });
});
