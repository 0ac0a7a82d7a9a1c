import type { Command } from '../../commands/context.ts';
import { ExitCode } from '../../commands/exit-code.ts';
import type { CompletionCommandOptions } from '../../commands/options.ts';
import { loadConfig } from '../../config/load.ts';
import { findResembling } from '../../config/resembling.ts';
import { COMMANDS } from '../commands.ts';
import { OPTIONS } from '../options.ts';
import { fail } from '../values.ts';
import { formatBash } from './bash.ts';
import { type Candidate, listCandidates } from './candidates.ts';
import { formatFish } from './fish.ts';
import { buildModel, CANDIDATE_KINDS, type CandidateKind, type CompletionModel } from './model.ts';
import { formatZsh } from './zsh.ts';

/** The shells there is completion for, and what makes their scripts. */
const SHELLS: Record<string, (model: CompletionModel) => string> = {
  bash: formatBash,
  zsh: formatZsh,
  fish: formatFish,
};

export const SHELL_NAMES: readonly string[] = Object.keys(SHELLS);

/** Prints a shell's script, or what the configuration has for it. */
export const runCompletion: Command<CompletionCommandOptions> = async ({ topic, config }, { output }) => {
  const text = isCandidateKind(topic) ? await formatCandidates(topic, config) : formatScript(topic);
  if (text !== '') await output.data(Buffer.from(text));
  return ExitCode.ok;
};

/**
 * A shell's script.
 *
 * @throws UsageError 'option' naming the shells there are
 */
export function formatScript(shell: string | undefined): string {
  const there = `there are ${SHELL_NAMES.join(', ')}`;
  if (shell === undefined) return fail('completion needs the name of a shell', there);
  const format = Object.hasOwn(SHELLS, shell) ? SHELLS[shell] : undefined;
  if (format !== undefined) return format(buildModel(OPTIONS, COMMANDS, SHELL_NAMES));
  const meant = findResembling(shell, SHELL_NAMES);
  return fail(`no completion for a shell called ${JSON.stringify(shell)}`, meant ? `did you mean ${meant}?` : there);
}

function isCandidateKind(topic: string | undefined): topic is CandidateKind {
  return (CANDIDATE_KINDS as readonly (string | undefined)[]).includes(topic);
}

/** A line for each. Somebody is in the middle of a line: what is wrong with the configuration is for later. */
async function formatCandidates(kind: CandidateKind, file: string): Promise<string> {
  let candidates: Candidate[];
  try {
    candidates = listCandidates(kind, await loadConfig(file, { deferPeers: true }));
  } catch {
    return '';
  }
  return candidates.map(({ text, describe }) => `${text}${describe === undefined ? '' : `\t${describe}`}\n`).join('');
}
