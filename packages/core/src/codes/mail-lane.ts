/** Into how many lanes the mails of a site are parted: who floods all of them has so many turns for one of another site. */
const lanes = 16;

/**
 * The lane of a domain's mails: where many mails of a site wait, its lanes take turns, so that the mails to one domain do
 * not keep those to most others waiting. No secret: who wanted to be in a domain's way could as well write to it. A lane
 * says next to nothing of the domain.
 */
export function mailLane(domain: string): number {
  // FNV-1a, 32 bits.
  let hash = 0x811c9dc5;
  for (let at = 0; at < domain.length; at += 1) hash = Math.imul(hash ^ domain.charCodeAt(at), 0x01000193);
  return (hash >>> 0) % lanes;
}
