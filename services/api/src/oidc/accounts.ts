import type { Pass } from '@daypass/core/access/verify-pass';
import type { Adapter } from 'oidc-provider';

/** What is known of a visitor for as long as a session with a client may last. */
export interface Account {
  site: string;
  email?: string;
}

/** Remembers whose subject it is: at which site, and with which address where the site's passes say it. */
export function createAccounts(adapter: Adapter) {
  return {
    async remember({ subject, site, email }: Pass, forSeconds: number): Promise<void> {
      const account: Account = { site, ...(email !== undefined && { email }) };
      await adapter.upsert(subject, { ...account }, forSeconds);
    },
    async find(subject: string): Promise<Account | undefined> {
      return (await adapter.find(subject)) as Account | undefined;
    },
  };
}

export type Accounts = ReturnType<typeof createAccounts>;
