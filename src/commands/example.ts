import { createKeyPair, formatExample } from '../config/example.ts';
import type { Command } from './context.ts';
import { ExitCode } from './exit-code.ts';
import type { ExampleCommandOptions } from './options.ts';

/** Prints an example configuration that works, with a fresh key pair. */
export const runExample: Command<ExampleCommandOptions> = async ({ form }, { output }) => {
  await output.data(Buffer.from(formatExample(createKeyPair(), form)));
  return ExitCode.ok;
};
