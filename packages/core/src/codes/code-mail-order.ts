import type { Quota } from '../limits/quota.ts';
import type { Site } from '../sites/site.ts';

/** What the API orders from a mailer: which challenge, and everything about it, sealed. */
export interface CodeMailOrder {
  id: string;
  site: string;
  envelope: string;
  /** The how-manieth mail of the challenge this is: 1 to 3. */
  send: number;
}

/** What a visitor holds who asked for a code. */
export interface CodeTicket {
  ok: true;
  id: string;
  site: Site;
  /** The code's whole lifetime until its mail is accepted, what is left of it afterwards. */
  expiresInSeconds: number;
  resendInSeconds: number;
  /** Whether a proof of work was needed, and accepted. */
  proven?: boolean;
  /** How the limits stand that the caller meets, where something was spent. */
  quotas?: readonly Quota[];
}
