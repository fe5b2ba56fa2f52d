import { parseAddress } from '../address/parse-address.ts';
import { parseSender } from '../address/parse-sender.ts';
import { credentialPattern } from './credential.ts';
import { text, type Read } from './reading.ts';
import { siteIdPattern } from './site.ts';

/** What the sites file is made of, one reader for each kind of value. */

export const siteId = matching(siteIdPattern, '1 to 63 small letters, digits and hyphens');

/** Shown in mails, on pages and in apps: nothing in it may hide, or end a header. */
export const shownName = text('1 to 64 characters that can be seen', (value) =>
  /^[^\p{C}\p{Zl}\p{Zp}]{1,64}$/u.test(value) && value.trim() === value ? value : undefined,
);

export const sender = text('an address, or a name and an address: The Shop <no-reply@shop.example>', (value) => {
  const parsed = value.length <= 400 ? parseSender(value) : undefined;
  return parsed && !/\p{C}/u.test(parsed.name) ? parsed : undefined;
});

export const locale = text('a language tag: en, de, pt-BR', (value) => {
  try {
    const [tag] = Intl.getCanonicalLocales(value);
    return value.length <= 35 ? tag : undefined;
  } catch {
    return undefined;
  }
});

/** What a browser sends as Origin. */
export const origin = text('scheme, host and, where it needs one, port: https://shop.example (http: only for localhost)', (value) => {
  const url = webAddress(value);
  return url && url.pathname === '/' && url.search === '' ? url.origin : undefined;
});

/** Kept as it is written: OpenID Connect compares letter by letter. */
export const redirectUri = text('an https: address without a fragment (http: only for localhost)', (value) =>
  webAddress(value) ? value : undefined,
);

export const colour = matching('^#[0-9a-fA-F]{6}$', 'a colour as #rrggbb');

const embeddedImage = /^data:image\/(png|jpeg|webp|svg\+xml);base64,[A-Za-z0-9+/]+={0,2}$/;
const maxImageCharacters = 48 * 1024;
/** None by its address: whoever that leads to would learn of every visitor. */
export const logo = text('a PNG, JPEG, WebP or SVG image as a data: URL in base64, of at most 48 kB', (value) =>
  embeddedImage.test(value) && value.length <= maxImageCharacters ? value : undefined,
);

/** `example.com`, or `*.example.com` for all below it. */
export const domainPattern = text('a domain, or *. and a domain for all below it: example.com, *.example.com', (value) => {
  const [, below = '', name = ''] = /^(\*\.)?(.*)$/s.exec(value) ?? [];
  const domain = parseAddress(`anyone@${name}`)?.domain;
  return domain && `${below}${domain}`;
});

/** The canonical key of an address. */
export const address = text('an email address', (value) => {
  const parsed = parseAddress(value);
  return parsed && { key: parsed.key, domain: parsed.domain };
});

export const credential = matching(
  credentialPattern,
  'sha256: and the SHA-256 of the secret as base64url, which is 43 characters: see docs/operations/sites.md',
);

/** The last moment of a day, UTC. */
export const day = text('a day: 2027-01-31', (value) => {
  const end = new Date(`${value}T23:59:59.999Z`);
  const real = /^\d{4}-\d\d-\d\d$/.test(value) && !Number.isNaN(end.getTime()) && end.toISOString().startsWith(value);
  return real ? end : undefined;
});

const secondsIn = { s: 1, m: 60, h: 3_600 } as const;

/** A length of time, as seconds. */
export function duration(min: string, max: string): Read<number> {
  const [least = 0, most = 0] = [parseDuration(min), parseDuration(max)];
  return text(`a time from ${min} to ${max}: a whole number and s, m or h`, (value) => {
    const seconds = parseDuration(value);
    return seconds !== undefined && seconds >= least && seconds <= most ? seconds : undefined;
  });
}

function parseDuration(value: string): number | undefined {
  const { count, unit } = /^(?<count>\d{1,5})(?<unit>[smh])$/.exec(value)?.groups ?? {};
  return count === undefined ? undefined : Number(count) * secondsIn[unit as keyof typeof secondsIn];
}

function matching(pattern: string, wants: string): Read<string> {
  const expression = new RegExp(pattern, 's');
  return text(wants, (value) => (expression.test(value) ? value : undefined));
}

const maxUrlCharacters = 2_048;
/** A URL may hold `*` for a host. Here it would stand for nothing. */
const plainHost = /^([a-z0-9_.-]+|\[[0-9a-f:.]+\])$/;
const thisMachine = /^(localhost|127\.0\.0\.1|\[::1\])$/;

/** https: anywhere, or http: on this machine. */
function webAddress(value: string): URL | undefined {
  if (value.length > maxUrlCharacters || !/^[!-~\P{ASCII}]+$/u.test(value) || !URL.canParse(value)) return undefined;
  const url = new URL(value);
  const scheme = url.protocol === 'https:' || (url.protocol === 'http:' && thisMachine.test(url.hostname));
  const plain = url.username === '' && url.password === '' && !value.includes('#') && plainHost.test(url.hostname);
  return scheme && plain && !value.includes('\\') ? url : undefined;
}
