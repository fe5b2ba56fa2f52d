/** What one look has shown. `advice`: what to do, where there is something. */
export interface Finding {
  level: 'ok' | 'warn' | 'fail';
  what: string;
  says: string;
  advice?: string;
}

export const ok = (what: string, says: string): Finding => ({ level: 'ok', what, says });
export const warn = (what: string, says: string, advice: string): Finding => ({ level: 'warn', what, says, advice });
export const fail = (what: string, says: string, advice: string): Finding => ({ level: 'fail', what, says, advice });
