import { resolve } from 'node:path';
import { DEFAULT_VERB } from '../protocol/constants.ts';
import { addNode } from '../provision/add.ts';
import { assertAbsent, writeDirectory } from '../provision/directory.ts';
import { createNetworkFiles, type NetworkFile } from '../provision/network.ts';
import { planNetwork } from '../provision/plan.ts';
import type { Command, CommandContext, Output, OutputRecord } from './context.ts';
import { ExitCode } from './exit-code.ts';
import { describeAddition, describeNetwork } from './init-steps.ts';
import type { InitCommandOptions } from './options.ts';
import { toUsageError } from './provision-error.ts';

/** Makes everything for a new network in a new directory, or adds a node to one. */
export const runInit: Command<InitCommandOptions> = async (options, context) => {
  // An interrupt half-way leaves nothing half-written.
  const { signal } = context.catchSignals();
  try {
    const { add } = options;
    await (add === undefined ? makeNetwork(options, context, signal) : growNetwork(add, options, context, signal));
    return ExitCode.ok;
  } catch (error) {
    if (signal.aborted && error === signal.reason) return ExitCode.signal + (signal.reason as number);
    throw toUsageError(error);
  }
};

async function makeNetwork(options: InitCommandOptions, { output }: CommandContext, signal: AbortSignal) {
  const { nodes, servers, subject, verbs = [DEFAULT_VERB] } = options;
  const plan = planNetwork({ nodes, servers, subject, verbs });
  const directory = resolve(options.directory);
  assertAbsent(directory);
  const files = await createNetworkFiles(plan, directory, signal);
  await writeDirectory(directory, files, signal);
  await tell(output, `the network was made in ${directory} all the same`, describeNetwork(plan, directory), [
    ...files.map((file) => toRecord(file, directory, 'created')),
    summary(directory, 'created', plan.nodes, plan.verbs),
  ]);
}

async function growNetwork(node: string, options: InitCommandOptions, { output }: CommandContext, signal: AbortSignal) {
  const directory = resolve(options.directory);
  const added = await addNode(node, directory, options.verbs, signal);
  await tell(output, `${node} was added to ${directory} all the same`, describeAddition(node, added, directory), [
    ...added.created.map((file) => toRecord(file, directory, 'created')),
    ...added.changed.map((file) => toRecord(file, directory, 'changed')),
    summary(directory, 'changed', [node], added.verbs),
  ]);
}

/**
 * Says what was done, in one of two ways.
 *
 * @param done what must be known when it cannot be said
 */
async function tell(output: Output, done: string, text: string, records: readonly OutputRecord[]): Promise<void> {
  try {
    await (output.json ? output.record(records) : output.data(Buffer.from(text)));
  } catch (error) {
    output.warning(done);
    throw error;
  }
}

type Change = 'created' | 'changed';

function toRecord({ path, kind, node }: NetworkFile, directory: string, change: Change): OutputRecord {
  return { type: 'file', path: resolve(directory, path), kind, destination: node ?? null, change };
}

/** @param nodes the new ones */
function summary(directory: string, change: Change, nodes: readonly string[], verbs: readonly string[]): OutputRecord {
  return { type: 'network', directory, change, nodes, verbs };
}
