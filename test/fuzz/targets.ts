import type { Target } from './target.ts';
import { barrierTarget, durableTarget, lockTarget } from './targets/acts.ts';
import { linesTarget, yamlTarget } from './targets/config.ts';
import { credentialsTarget } from './targets/credentials.ts';
import { destinationTarget } from './targets/destination.ts';
import { durationTarget } from './targets/duration.ts';
import { messageTarget } from './targets/message.ts';
import { replyTarget } from './targets/reply.ts';
import { screenTarget } from './targets/screen.ts';
import { tokenTarget } from './targets/token.ts';

/** Everything that reads what others may have written; what each makes of it concerns nobody but itself. */
export const TARGETS = [
  messageTarget,
  replyTarget,
  screenTarget,
  destinationTarget,
  durationTarget,
  linesTarget,
  yamlTarget,
  credentialsTarget,
  tokenTarget,
  lockTarget,
  barrierTarget,
  durableTarget,
] as unknown as readonly Target[];
