// Adds a node to a network's directory. Everything is decided and written under other names first; then each file is put
// into its place, the node's own first: nobody may trust a key before it is where it stays. So what a killed process
// leaves can be finished from what is there.

import { rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { type Added, planAddition, planRest, type StagedFile } from './addition.ts';
import { toProvisionError, writeNew } from './directory.ts';
import { readNetwork } from './members.ts';
import { nodeFiles } from './network.ts';
import { placeFiles } from './place.ts';
import { assertNode, checkVerbs } from './plan.ts';
import { takeTurn } from './turn.ts';

/**
 * Adds a node: its keys, credentials and configuration, and a line for it in the configuration of each other. Of a node
 * that is there in part, what is missing is added.
 *
 * @param node its destination
 * @param directory absolute path of a directory that `init` made
 * @param verbs what it may use; default: what the others may, who must agree then
 * @param signal gives up when aborted, having changed nothing
 * @throws ProvisionError or ConfigError, having changed nothing, or saying otherwise; the signal's reason when it is
 *   aborted
 */
export async function addNode(
  node: string,
  directory: string,
  verbs: readonly string[] | undefined,
  signal: AbortSignal | undefined,
): Promise<Added> {
  assertNode(node);
  const wanted = verbs && checkVerbs(verbs);
  // Read once to see whether it is such a directory at all, and once more when nobody else adds to it.
  await readNetwork(directory);
  const { staging, isResumed } = takeTurn(directory, node);
  let place = directory;
  try {
    const network = await readNetwork(directory);
    const own = network.members.find(({ file, config }) => {
      return config.destination === node && basename(file) === nodeFiles(node).config;
    });
    const added = await (own ? planRest(own, network, wanted, isResumed) : planAddition(node, network, wanted));
    const [created, changed] = [missing(added.created), missing(added.changed)];
    for (const { path, text, mode } of [...created, ...changed]) {
      signal?.throwIfAborted();
      place = join(directory, path);
      await writeNew(join(staging, path), text, mode);
    }
    signal?.throwIfAborted();
    placeFiles(staging, directory, { created: created.map(toName), changed: changed.map(toName) });
    return added;
  } catch (error) {
    signal?.throwIfAborted();
    throw toProvisionError(error, place);
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

function missing(files: readonly StagedFile[]): StagedFile[] {
  return files.filter(({ isThere }) => !isThere);
}

function toName({ path }: StagedFile): string {
  return path;
}
