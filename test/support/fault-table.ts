import { appendFileSync } from 'node:fs';
import { inject } from 'vitest';
import type { Row } from './books.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The file that collects the rows of all cases. */
    faultRows: string;
  }
}

/** Adds a line to the table that is printed when all cases have run. */
export function addRow(row: Row): void {
  appendFileSync(inject('faultRows'), `${JSON.stringify(row)}\n`);
}
