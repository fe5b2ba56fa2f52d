/**
 * An address for a frontend's own tests: its code is always the same, and it gets no mail. For everybody who knows the
 * code it is a way in, which is why it ends.
 */
export interface SandboxAddress {
  /** The canonical key of the address. */
  key: string;
  /** As it is generated: without hyphens, in capitals. */
  code: string;
  /** Its last moment. Without one, which only a trial on localhost may have, it does not end. */
  until?: Date;
}

/** What `addressKey` is in the sandbox of a site at that moment, if it is in there. */
export function findInSandbox(
  { sandbox }: { sandbox: readonly SandboxAddress[] },
  addressKey: string,
  moment: Date,
): SandboxAddress | undefined {
  return sandbox.find(({ key, until }) => key === addressKey && (!until || moment <= until));
}
