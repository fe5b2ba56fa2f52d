let visitors = 0;

/** Somebody with an address and a network of their own, so that no limit of one visitor meets another. */
export function nextVisitor(): { email: string; ip: string } {
  visitors += 1;
  const ip = `10.${(visitors >> 16) & 255}.${(visitors >> 8) & 255}.${visitors & 255}`;
  return { email: `visitor${visitors}@example.com`, ip };
}
