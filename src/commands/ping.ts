import { DEFAULT_VERB } from '../protocol/constants.ts';
import type { Reply } from '../signal/request.ts';
import { planRequest } from '../signal/request-plan.ts';
import { concludeRequest, unreachableError } from './conclude-request.ts';
import { type Command, openConfig } from './context.ts';
import { ExitCode } from './exit-code.ts';
import { formatMs } from './format-time.ts';
import type { PingCommandOptions } from './options.ts';
import { roundMs } from './records.ts';
import { runSession } from './session.ts';
import { requestStatus } from './waiting.ts';

/** Asks the known hosts whether they are there: a row for each as its answer comes, then the silent ones. */
export const runPing: Command<PingCommandOptions> = async (options, context) => {
  const { output } = context;
  const config = await openConfig(options.config, output);
  const { destination, publicKey, channel } = options;
  const sendOptions = { destination, publicKey, channel, verb: DEFAULT_VERB };
  const { responders } = planRequest(config, sendOptions);
  const width = Math.max(...responders.map((name) => name.length));
  const print = (name: string, outcome: string) => output.data(Buffer.from(`${name.padEnd(width)}  ${outcome}\n`));

  return runSession(config, options.timeoutMs, context, async (session) => {
    const request = session.node.request({ ...sendOptions, signal: session.stop });
    output.status(requestStatus(request));
    let answered = 0;
    for await (const reply of request) {
      answered++;
      const { exitCode, elapsedMs, bound } = reply;
      const offMs = clockErrorMs(reply);
      if (output.json) {
        const facts = {
          public_key: reply.publicKey,
          milliseconds: roundMs(elapsedMs),
          exit_code: exitCode ?? null,
          bound,
          clock_off_ms: roundMs(offMs),
        };
        await output.record({ type: 'peer', destination: reply.destination, answered: true, ...facts });
        continue;
      }
      const script = exitCode === undefined ? 'no script' : `exit code ${exitCode}`;
      const clock = Math.abs(offMs) > config.allowSkewMs / 2 ? `, its clock is ${describeOffset(offMs)}` : '';
      await print(reply.destination, `answered in ${formatMs(elapsedMs)}, ${script}${clock}`);
    }
    output.status(undefined);
    if ((await concludeRequest(request, session, answered)) === 'unreachable') throw unreachableError();
    for (const name of request.missing) {
      if (output.json) await output.record({ type: 'peer', destination: name, answered: false });
      else await print(name, 'silent');
    }
    const known = responders.length;
    const answeredKnown = known - request.missing.length;
    if (output.json) await output.record({ type: 'summary', command: 'ping', answered: answeredKnown, known });
    else await output.data(Buffer.from(`${answeredKnown} of ${known} answered\n`));
    if (answeredKnown === known) return ExitCode.ok;
    return answeredKnown === 0 ? ExitCode.nothing : ExitCode.tooFew;
  });
};

/**
 * How far a responder's clock is off for certain, in milliseconds, negative when it is behind: its reply was signed at
 * some time between the request's sending and the reply's arrival.
 */
function clockErrorMs({ timeNs, arrivedMs, elapsedMs }: Reply): number {
  // Clocks tell whole milliseconds; what a message's time has beyond them is not the wall clock's.
  const leastMs = Number(timeNs / 1_000_000n) - arrivedMs;
  const mostMs = leastMs + elapsedMs + 1;
  if (leastMs > 0) return leastMs;
  return mostMs < 0 ? mostMs : 0;
}

function describeOffset(offMs: number): string {
  return `${formatMs(Math.abs(offMs))} ${offMs > 0 ? 'ahead' : 'behind'}`;
}
