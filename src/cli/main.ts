// From the command line to an exit code. What is not needed to send, the act that has to start fastest, is imported when
// it is needed.

import type { CommandContext } from '../commands/context.ts';
import { ExitCode } from '../commands/exit-code.ts';
import { runSend } from '../commands/send.ts';
import { ConfigError } from '../config/errors.ts';
import { createSystemClock } from '../signal/clock.ts';
import { UsageError } from '../signal/errors.ts';
import { TransportError } from '../transport/errors.ts';
import { assertArgumentsIntact, warnOfMangledVariables } from './arguments.ts';
import { catchSignals } from './interrupt.ts';
import { OutputError, ProcessOutput } from './output.ts';
import { type ActOptions, readAct } from './read-act.ts';
import { readStdin } from './stdin.ts';
import { splitWords } from './words.ts';

declare const REMAPHORE_VERSION: string;

const SIGPIPE = 13;
const DEFAULT_COLUMNS = 80;
const MAX_COLUMNS = 120;

async function main(argv: readonly string[]): Promise<number> {
  let output = new ProcessOutput(false);
  let configFile: string | undefined;
  try {
    assertArgumentsIntact(argv);
    const options = readAct(splitWords(argv), process.env);
    if ('config' in options) {
      configFile = options.config;
      output = new ProcessOutput(options.quiet);
      if (options.act === 'receive' && options.script.length > 0) warnOfMangledVariables(process.env, output);
    }
    return await run(options, {
      output,
      clock: createSystemClock(),
      env: process.env,
      catchSignals,
      readStdin,
    });
  } catch (error) {
    return report(error, output, configFile);
  }
}

async function run(options: ActOptions, context: CommandContext): Promise<number> {
  switch (options.act) {
    case 'send':
      return runSend(options, context);
    case 'request':
      return (await import('../commands/request.ts')).runRequest(options, context);
    case 'receive':
      return (await import('../commands/receive.ts')).runReceive(options, context);
    case 'example':
      return (await import('../commands/example.ts')).runExample(options, context);
    case 'help': {
      const { formatHelp } = await import('./help.ts');
      const columns = Math.min(process.stdout.columns ?? DEFAULT_COLUMNS, MAX_COLUMNS);
      await context.output.data(Buffer.from(await formatHelp(columns)));
      return ExitCode.ok;
    }
    case 'version':
      await context.output.data(Buffer.from(`${REMAPHORE_VERSION}\n`));
      return ExitCode.ok;
  }
}

/** Says what went wrong; only a bug shows where. */
function report(error: unknown, output: ProcessOutput, configFile?: string): number {
  if (error instanceof UsageError) {
    output.error(error.message, error.hint);
    return ExitCode.usage;
  }
  if (error instanceof ConfigError) {
    const isConfig = error.code === 'unreadable' && error.file === configFile;
    output.error(error.message, isConfig ? 'name another with -c; remaphore -C prints an example' : undefined);
    return ExitCode.usage;
  }
  if (error instanceof TransportError) {
    output.error(error.message);
    return error.code === 'credentials' ? ExitCode.usage : ExitCode.broker;
  }
  if (error instanceof OutputError) {
    // It has been said.
    return error.closed ? ExitCode.signal + SIGPIPE : ExitCode.io;
  }
  output.error(`bug: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  return ExitCode.bug;
}

// The NATS client says some things on standard output, where only data may be.
console.log = (...words: unknown[]) => {
  const text = words.map((word) => (word instanceof Error ? word.message : String(word))).join(' ');
  new ProcessOutput(false).warning(`nats client: ${text}`);
};
process.on('uncaughtException', (error) => process.exit(report(error, new ProcessOutput(false))));
void main(process.argv.slice(2)).then((code) => process.exit(code));
