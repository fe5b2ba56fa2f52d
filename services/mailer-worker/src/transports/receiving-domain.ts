import type { CodeMail } from '@daypass/core/codes/issue-code';

/** Whose mail servers a mail goes to. */
export function receivingDomain({ envelope: { address } }: CodeMail): string {
  return address.slice(address.lastIndexOf('@') + 1).toLowerCase();
}
