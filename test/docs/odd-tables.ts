// Tables with what would be taken for a mark-up.

import type { Tables } from '../../scripts/docs/tables.ts';

const [MARKUP, START] = ['a\\b \\fBc `d` *e* _f_ [g](h) <i> | j & k ~l ^m "n" \'o\' %p $q #r', '.PP is no macro'];

/** What a reader must see. */
export const ODD_TEXTS = [MARKUP, START, "'apostrophe first", '--odd `V|W\\…'.replace('…', '...'), '🐚 é — –'];

export const ODD_TABLES: Tables = {
  options: [
    { name: 'odd', value: '`V|W\\…', describe: MARKUP, group: 'General', acts: ['send', 'ping'] },
    { name: 'dotted', short: 'x', describe: START, group: 'General', acts: ['send'], excludes: ['odd', 'nowhere'] },
  ],
  commands: [{ name: 'ping', words: '[WORD…]', describe: '🐚 é — –', details: "'apostrophe first" }],
  synopses: [{ act: 'send', words: ['-s', '[a\\b|.c]'], describe: START }],
  exitCodes: [{ code: '0', brief: START, describe: MARKUP }],
  variables: [
    { name: 'ODD_VARIABLE', reader: 'program', describe: MARKUP },
    { name: 'VARIABLE', reader: 'script', describe: START },
  ],
};
