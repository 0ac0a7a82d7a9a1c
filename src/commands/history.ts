import type { Command } from './context.ts';
import type { HistoryCommandOptions } from './options.ts';

/** Shows what was sent, or sees to it that it is kept. */
export const runHistory: Command<HistoryCommandOptions> = async (options, context) => {
  switch (options.act) {
    case 'log':
      return (await import('./history-log.ts')).runHistoryLog(options, context);
    case 'create':
      return (await import('./history-create.ts')).runHistoryCreate(options, context);
    case 'info':
      return (await import('./history-info.ts')).runHistoryInfo(options, context);
    case 'delete':
      return (await import('./history-info.ts')).runHistoryDelete(options, context);
    case 'failed':
      return (await import('./history-failed.ts')).runHistoryFailed(options, context);
    case 'retry':
      return (await import('./history-failed.ts')).runHistoryRetry(options, context);
  }
};
