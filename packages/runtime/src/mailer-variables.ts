import { integer, type Variable } from './variable.ts';

/** The variables that only the mailer worker reads, and `daypass doctor`, which says whether it can start. */

export const templates: Variable<string> = {
  name: 'DAYPASS_TEMPLATES',
  wants: 'the path of a folder with mail templates, or nothing for those that are built in',
  parse: (value) => value.trim(),
  fallback: '',
};

export const concurrency: Variable<number> = {
  name: 'WORKER_CONCURRENCY',
  wants: 'how many mails to one domain a worker sends at the same time, 1 to 100',
  parse: integer(1, 100),
  fallback: '10',
};
