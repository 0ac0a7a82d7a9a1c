// From the command line to an exit code. What is not needed to send, the act that has to start fastest, is imported when
// it is needed.

import type { CommandContext } from '../commands/context.ts';
import { ExitCode } from '../commands/exit-code.ts';
import { runSend } from '../commands/send.ts';
import { createSystemClock } from '../signal/clock.ts';
import { assertArgumentsIntact, warnOfMangledVariables } from './arguments.ts';
import { findCommand } from './commands.ts';
import { catchSignals, passSignals } from './interrupt.ts';
import { ProcessOutput } from './output.ts';
import { type ActOptions, readAct } from './read-act.ts';
import { report } from './report.ts';
import { ask, readStdin } from './stdin.ts';
import { readConfigFile } from './values.ts';
import { splitWords, type Words } from './words.ts';

declare const REMAPHORE_VERSION: string;

async function main(argv: readonly string[]): Promise<number> {
  // Until the options have been read, a word that looks like this one is taken for it.
  let output = new ProcessOutput({ quiet: false, json: argv.includes('--json') });
  let words: Words | undefined;
  try {
    assertArgumentsIntact(argv);
    const command = findCommand(argv[0]);
    words = command ? splitWords(argv.slice(1), command.optionsAfter ?? Number.POSITIVE_INFINITY) : splitWords(argv);
    const { options } = words;
    output = new ProcessOutput({ quiet: options.has('quiet'), json: options.has('json') });
    const context = { output, clock: createSystemClock(), env: process.env, catchSignals, passSignals, readStdin, ask };
    if (options.has('help')) return await (await import('./help.ts')).runHelp({ topic: command?.name }, context);
    if (options.has('version')) {
      await output.data(Buffer.from(`${REMAPHORE_VERSION}\n`));
      return ExitCode.ok;
    }
    if (command !== undefined) return await command.run(words, context);
    const act = readAct(words, process.env);
    // With options before it, or behind --, it is a script for certain.
    const [first] = argv;
    if (act.act === 'receive' && first !== undefined && first === act.script[0]) {
      (await import('./mistyped.ts')).assertNotMistyped(first, process.env);
    }
    return await runAct(act, context);
  } catch (error) {
    return report(error, output, words && readConfigFile(words.options, process.env));
  } finally {
    output.status(undefined);
  }
}

async function runAct(options: ActOptions, context: CommandContext): Promise<number> {
  switch (options.act) {
    case 'send':
      return runSend(options, context);
    case 'request':
      return (await import('../commands/request.ts')).runRequest(options, context);
    case 'receive':
      if (options.script.length > 0) warnOfMangledVariables(context.env, context.output);
      return (await import('../commands/receive.ts')).runReceive(options, context);
    case 'example':
      return (await import('../commands/example.ts')).runExample(options, context);
  }
}

// The NATS client says some things on standard output, where only data may be.
console.log = (...words: unknown[]) => {
  const text = words.map((word) => (word instanceof Error ? word.message : String(word))).join(' ');
  new ProcessOutput({ quiet: false, json: process.argv.includes('--json') }).warning(`nats client: ${text}`);
};
process.on('uncaughtException', (error) => {
  process.exit(report(error, new ProcessOutput({ quiet: false, json: process.argv.includes('--json') })));
});
void main(process.argv.slice(2)).then((code) => process.exit(code));
