// The braces keep all keys in one slot of a cluster: one script reads and writes them together. The ceiling is what one
// Redis core does. Subjects are digests, or ids of sites; a nonce is random.

/** Where the limits keep what they count. */
export const limitKeys = {
  times: (name: string, subject: string) => `{daypass}:limit:${name}:${subject}`,
  siteRequests: (site: string) => `{daypass}:limit:site:${site}`,
  siteWrongCodes: (site: string) => `{daypass}:wrong-codes:${site}`,
  failures: (addressDigest: string) => `{daypass}:failures:${addressDigest}`,
  devicesRevoked: (whose: string) => `{daypass}:devices-revoked:${whose}`,
  solvedPuzzle: (nonce: string) => `{daypass}:puzzle:${nonce}`,
};
