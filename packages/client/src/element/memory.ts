import type { CodeShape } from './typed-code.ts';

/** What a browser keeps between visits: ids that say nothing of the visitor to whoever reads them. */
export interface Remembered {
  /** The challenge whose code is waited for, so that a reload goes on. */
  challenge?: ({ id: string } & CodeShape) | undefined;
  /** The token of a known browser, from the last grant. */
  device?: string | undefined;
  /** The authenticator app that was enrolled or used here. */
  enrolment?: string | undefined;
}

export interface Memory {
  read(): Remembered;
  write(change: Remembered): void;
}

/** In localStorage; where that is closed to the page, nothing is kept. */
export function createMemory(api: string, site: string): Memory {
  const key = `daypass:${api}:${site}`;
  const read = (): Remembered => {
    try {
      const value: unknown = JSON.parse(localStorage.getItem(key) ?? '{}');
      return typeof value === 'object' && value !== null ? value : {};
    } catch {
      return {};
    }
  };
  return {
    read,
    write(change) {
      try {
        localStorage.setItem(key, JSON.stringify({ ...read(), ...change }));
      } catch {
        // Full, or forbidden: a reload begins again.
      }
    },
  };
}
