const maxCharacters = 2_000;

/** Where the pages of Daypass itself are on a protected origin: nobody wants to return there. */
const ownPaths = '/.daypass/';

/**
 * Where a visitor wanted to go, if that is one of the origins they may be sent to. Browsers and URL parsers forgive a
 * great deal, and not the same things: what could be read in two ways is no address.
 *
 * @returns the address as it is to be redirected to; the front page where it was one of our own pages
 */
export function parseReturnAddress(text: string, mayReturnTo: (origin: string) => boolean): URL | undefined {
  // Scheme and host as they are written in full; no userinfo, no backslash, no white space, nothing invisible.
  if (text.length > maxCharacters || !/^https?:\/\/[a-z0-9.:[\]-]+(?:[/?][!-~]*)?$/i.test(text)) return undefined;
  if (/[\\#]/.test(text) || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  if (url.username !== '' || url.password !== '' || !mayReturnTo(url.origin)) return undefined;
  return url.pathname.startsWith(ownPaths) ? new URL('/', url) : url;
}
