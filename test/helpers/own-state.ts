// The receivers of each file of tests remember what they accept in a directory of their own, below the one of the run.

import { randomUUID } from 'node:crypto';
import { join } from 'node:path';

process.env['XDG_STATE_HOME'] = join(process.env['XDG_STATE_HOME'] ?? '', randomUUID());
