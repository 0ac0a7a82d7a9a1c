import { randomBytes } from 'node:crypto';
import type { Config } from '../config/config.ts';
import { ConfigError } from '../config/errors.ts';
import { createKeyPair } from '../config/example.ts';
import { inspectConfig } from '../config/inspect.ts';
import { HASH_BYTES, UUID_BYTES } from '../protocol/constants.ts';
import { KeyPair } from '../protocol/keys.ts';
import { encodeMessage } from '../protocol/message.ts';
import { encodeReply } from '../protocol/reply.ts';
import { replySubject } from '../protocol/subject.ts';
import { type Clock, monotonicMs } from '../signal/clock.ts';
import { type Access, readAccess } from '../signal/node.ts';
import { planSubject } from '../signal/send.ts';
import { TransportError } from '../transport/errors.ts';
import { type ProbeSubjects, probeServer } from '../transport/probe.ts';
import { checkCredentials, checkInspection, checkState } from './check-files.ts';
import { type CheckRow, toCheckRecord, toTableRow } from './check-row.ts';
import { checkServer } from './check-server.ts';
import type { Command, CommandContext, Output } from './context.ts';
import { Deadline } from './deadline.ts';
import { ExitCode } from './exit-code.ts';
import type { CheckCommandOptions } from './options.ts';

/** What receivers that explain themselves show of the message that older servers are asked with. */
const PROBE_VERB = 'check';

/** Examines a configuration and, one after the other, its servers. */
export const runCheck: Command<CheckCommandOptions> = async (options, context) => {
  const report = new Report(context.output);
  const inspection = await inspectConfig(options.config);
  const { config } = inspection;
  await report.add(checkInspection(options.config, inspection));
  if (config === undefined) {
    if (!options.offline)
      context.output.notice('the servers were not examined: there is no configuration to do it with');
    return report.end();
  }
  await report.add(checkState(config));
  const subject = planSubject(config, options.channel);
  const access = await openAccess(config, report, context.clock);
  if (access === undefined || options.offline) return report.end();
  for (const server of config.servers) {
    const deadline = new Deadline(options.timeoutMs);
    const probe = await probeServer(server, {
      ...access,
      wantsTls: config.servers.some((address) => /^tls:/i.test(address)),
      subjects: chooseSubjects(config, subject, context),
      clock: { nowMs: context.clock.nowMs, monotonicMs },
      signal: deadline.signal,
    });
    deadline.dispose();
    await report.add(checkServer(probe, config, context.clock.nowMs()));
  }
  return report.end();
};

/** What the configuration's files give to connect with; undefined, and said why, when they do not. */
async function openAccess(config: Config, report: Report, clock: Clock): Promise<Access | undefined> {
  try {
    const access = await readAccess(config);
    await report.add([checkCredentials(config, access.credentials?.jwt, clock.nowMs())]);
    return access;
  } catch (error) {
    // The inspection has named a file that cannot be read.
    if (error instanceof ConfigError) return undefined;
    if (!(error instanceof TransportError)) throw error;
    const advice = 'get the file anew from whoever runs the servers';
    await report.add([
      { severity: 'error', concerns: 'configuration', check: 'credentials', detail: error.message, advice },
    ]);
    return undefined;
  }
}

function chooseSubjects(config: Config, message: string, { clock }: CommandContext): ProbeSubjects {
  const requestHash = randomBytes(HASH_BYTES);
  return {
    message,
    reply: replySubject(config.subject, requestHash),
    // A reply to a request that nobody made.
    encodeReply: () => {
      const content = { timeNs: clock.nextTimeNs(), requestHash, exitCode: 0, output: new Uint8Array() };
      return encodeReply(content, config.defaultIdentity.keys);
    },
    // By a key that nobody knows, which is what every host looks at first, and for nobody.
    encodeMessage: () => {
      const content = {
        destination: `check.${randomBytes(HASH_BYTES).toString('hex')}`,
        timeNs: clock.nextTimeNs(),
        uuid: randomBytes(UUID_BYTES),
        verb: PROBE_VERB,
        wantsReply: false,
        payload: new Uint8Array(),
      };
      return encodeMessage(content, KeyPair.fromPrivateKey(createKeyPair().privateKey));
    },
  };
}

/** Prints rows as they come, and counts them. */
class Report {
  readonly #output: Output;
  readonly #rows: CheckRow[] = [];

  constructor(output: Output) {
    this.#output = output;
  }

  async add(rows: readonly CheckRow[]): Promise<void> {
    this.#rows.push(...rows);
    if (rows.length === 0) return;
    if (this.#output.json) await this.#output.record(rows.map(toCheckRecord));
    else await this.#output.table(rows.map(toTableRow));
  }

  /** @returns the exit code */
  async end(): Promise<number> {
    const [errors, warnings] = [this.#count('error'), this.#count('warning')];
    const exitCode = this.#exitCode();
    if (this.#output.json) {
      const counts = { ok: this.#count('ok'), warnings, errors };
      await this.#output.record({ type: 'summary', command: 'check', ...counts, exit_code: exitCode });
    } else {
      await this.#output.data(Buffer.from(`${plural(errors, 'error')}, ${plural(warnings, 'warning')}\n`));
    }
    return exitCode;
  }

  #count(severity: CheckRow['severity']): number {
    return this.#rows.filter((row) => row.severity === severity).length;
  }

  #exitCode(): number {
    const errors = this.#rows.filter(({ severity }) => severity === 'error');
    if (errors.some(({ concerns }) => concerns === 'configuration')) return ExitCode.usage;
    return errors.length > 0 ? ExitCode.broker : ExitCode.ok;
  }
}

function plural(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
