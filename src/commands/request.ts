import { randomBytes } from 'node:crypto';
import { UsageError } from '../signal/errors.ts';
import type { Reply } from '../signal/request.ts';
import { planRequest } from '../signal/request-plan.ts';
import { concludeRequest, unreachableError } from './conclude-request.ts';
import { type Command, openConfig } from './context.ts';
import { printPlan } from './dry-run.ts';
import { ExitCode } from './exit-code.ts';
import type { RequestCommandOptions, Requirement } from './options.ts';
import { toReplyRecord } from './records.ts';
import { readSendOptions } from './send.ts';
import { runSession } from './session.ts';
import { requestStatus } from './waiting.ts';

const NEWLINE = 0x0a;

/** Replies are printed together, as long as neither their number nor their bytes make that dear. */
const MAX_REPLIES_A_WRITE = 256;
const MAX_BYTES_A_WRITE = 1024 * 1024;

/** Publishes one message, prints the replies as they come, and ends when all known responders have answered. */
export const runRequest: Command<RequestCommandOptions> = async (options, context) => {
  const { output } = context;
  const config = await openConfig(options.config, output);
  const sendOptions = await readSendOptions(options, config, context);
  const plan = planRequest(config, sendOptions);
  const { responders } = plan;
  const required = countRequired(options.require, responders.length);

  if (options.dryRun) return printPlan(plan, options.uuid !== undefined, config, output);

  return runSession(config, options.timeoutMs, context, async (session) => {
    const { stop } = session;
    const request = session.node.request({ ...sendOptions, signal: stop });
    output.status(requestStatus(request));
    const token = randomBytes(16).toString('hex');
    const print = (batch: readonly Reply[]) =>
      output.json
        ? output.record(batch.map(toReplyRecord), stop)
        : output.data(Buffer.concat(batch.map((reply) => formatReply(reply, token))), stop);
    let replies = 0;
    const batch: Reply[] = [];
    let batchBytes = 0;
    for await (const reply of request) {
      replies++;
      batch.push(reply);
      batchBytes += reply.payload.length;
      // Whatever else is verified in this turn of the event loop goes out with the same write.
      if (request.waiting === 0) await new Promise((resolve) => setImmediate(resolve));
      const isRoom = batch.length < MAX_REPLIES_A_WRITE && batchBytes < MAX_BYTES_A_WRITE;
      if (request.waiting > 0 && isRoom) continue;
      batchBytes = 0;
      try {
        await print(batch.splice(0));
      } catch (error) {
        if (stop.aborted && request.waiting > 0) output.warning(`${request.waiting} more replies were not printed`);
        throw error;
      }
    }
    output.status(undefined);
    const { missing } = request;
    const outcome = await concludeRequest(request, session, replies);
    if (outcome === 'nobody-listens') {
      output.warning('nobody is listening', { missing });
      return ExitCode.nothing;
    }
    if (missing.length > 0) output.warning(`no answer from: ${missing.join(', ')}`, { missing });
    if (outcome === 'unreachable') throw unreachableError();
    if (replies === 0) return ExitCode.nothing;
    return responders.length - missing.length < required ? ExitCode.tooFew : ExitCode.ok;
  });
};

/**
 * How many of the known responders must answer.
 *
 * @throws UsageError 'option' when there are not so many
 */
function countRequired(requirement: Requirement | undefined, known: number): number {
  if (requirement === undefined) return 0;
  if (requirement === 'all') return known;
  if ('percent' in requirement) return Math.ceil((known * requirement.percent) / 100);
  if (requirement.count > known) {
    throw new UsageError('option', `--require ${requirement.count}: only ${known} known responders`);
  }
  return requirement.count;
}

/**
 * A reply as it is printed: a line, or several between two lines with a token that no responder knows.
 *
 * @param token random, the same throughout one request
 */
function formatReply(reply: Reply, token: string): Uint8Array {
  const body = Buffer.concat([Buffer.from(`${reply.destination},`), trimWhiteSpace(reply.payload)]);
  if (!body.includes(NEWLINE)) return Buffer.concat([body, Buffer.from('\n')]);
  return Buffer.concat([Buffer.from(`--> ${token}\n`), body, Buffer.from(`\n--< ${token}\n`)]);
}

/** The bytes without ASCII white space at both ends. */
function trimWhiteSpace(bytes: Uint8Array): Uint8Array {
  const isSpace = (byte: number | undefined) => byte === 0x20 || (byte !== undefined && byte >= 0x09 && byte <= 0x0d);
  let start = 0;
  let end = bytes.length;
  while (start < end && isSpace(bytes[start])) start++;
  while (end > start && isSpace(bytes[end - 1])) end--;
  return bytes.subarray(start, end);
}
