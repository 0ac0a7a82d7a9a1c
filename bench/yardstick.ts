// How fast this machine is at this moment, by two things that any implementation builds on.

import { generateKeyPairSync, randomBytes, sign, verify } from 'node:crypto';
import { start } from './process.ts';
import { NODE } from './programs.ts';
import { median } from './statistics.ts';

/** What figures are divided by before they are compared with another run's. */
export interface Yardsticks {
  /** a whole process of `node -e 0`, in ms */
  nodeMs: number;
  /** one verification of an ed25519 signature over 200 bytes, in µs */
  verificationUs: number;
}

/** The medians of several times. */
export function combineYardsticks(all: readonly Yardsticks[]): Yardsticks {
  return {
    nodeMs: median(all.map(({ nodeMs }) => nodeMs)),
    verificationUs: median(all.map(({ verificationUs }) => verificationUs)),
  };
}

const MESSAGE_BYTES = 200;
const VERIFICATIONS = 500;

/** @param rounds of each */
export async function measureYardsticks(rounds: number): Promise<Yardsticks> {
  const nodeMs: number[] = [];
  const verificationUs: number[] = [];
  const message = randomBytes(MESSAGE_BYTES);
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const signature = sign(null, message, privateKey);
  for (let round = 0; round < rounds; round++) {
    nodeMs.push((await start(NODE, [], '').succeeded()).elapsedMs);
    const startedMs = performance.now();
    for (let i = 0; i < VERIFICATIONS; i++) verify(null, message, publicKey, signature);
    verificationUs.push(((performance.now() - startedMs) * 1000) / VERIFICATIONS);
  }
  return { nodeMs: median(nodeMs), verificationUs: median(verificationUs) };
}
