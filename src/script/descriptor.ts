import { close, open } from 'node:fs';
import { promisify } from 'node:util';

// Descriptors, not node's file handles: a socket or a child takes each over, and nothing else may close it later.

/** Opens a file: its descriptor. */
export const openDescriptor = promisify(open);

/** Lets go of a descriptor. */
export const closeDescriptor = promisify(close);
