// The library as `import … from 'remaphore'` gives it: the built package, by its own name. Its types come from the
// sources, as they are checked before anything is built; what a consumer's compiler sees has a test of its own.

import type * as Library from '../../src/index.ts';

const NAME = 'remaphore';

export const library = (await import(NAME)) as typeof Library;
