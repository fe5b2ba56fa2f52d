import type { CodeFormat } from '../codes/code-format.ts';
import { anyAddress, keepsOut, type AddressRules } from './address-rules.ts';
import { readLimits } from './read-limits.ts';
import { readSandbox, settleSandbox, type SandboxRules } from './read-sandbox.ts';
import { draft, integer, listOf, oneOf, optional, record, required, yesOrNo, type Place, type Read, type RecordOf } from './reading.ts';
import { builtInSite, type Site } from './site.ts';
import { colour, credential, domainPattern, duration, locale, logo, origin, redirectUri, sender, shownName, siteId } from './site-values.ts';

/** What a site that says nothing else gets. */
const usual = builtInSite([]);

const codeFields = record({
  alphabet: optional(usual.codeFormat.alphabet, oneOf('alphanumeric', 'numeric')),
  length: optional(usual.codeFormat.length, integer(6, 12)),
});

const readCode: Read<CodeFormat> = (value, place) => {
  const format = codeFields(value, place);
  if (format?.alphabet !== 'numeric' || format.length <= 10) return format;
  return place.member('length').complain('too large for digits, which nobody types that many of. It wants at most 10');
};

const passFields = record({
  ttl: optional(usual.passTtlSeconds, duration('1m', '24h')),
  email: optional(usual.passCarriesEmail, yesOrNo),
});

const totpFields = record({
  // Not so for the built-in site, which is for trying out.
  anonymous: optional(false, yesOrNo),
  algorithm: optional(usual.totp.algorithm, oneOf('SHA1', 'SHA256', 'SHA512')),
  digits: optional(usual.totp.digits, oneOf(6, 8)),
  enrolmentDays: optional(usual.totp.enrolmentDays, integer(1, 365)),
});

const domains = { max: 10_000 };
const addressFields = record({
  allow: optional(undefined, listOf(domainPattern, { min: 1, ...domains })),
  block: optional([], listOf(domainPattern, domains)),
  disposable: optional(anyAddress.disposable, oneOf('allow', 'block')),
});

const readAddresses: Read<AddressRules> = (value, place) => {
  const rules = addressFields(value, place);
  if (!rules) return undefined;
  const { allow, block, disposable } = rules;
  return { ...(allow && { allow: new Set(allow) }), block: new Set(block), disposable };
};

const siteFields = {
  id: required(siteId),
  name: required(shownName),
  origins: optional([], listOf(origin, { max: 100 })),
  sender: optional(undefined, sender),
  locale: optional(usual.locale, locale),
  code: optional(usual.codeFormat, readCode),
  codeInSubject: optional(usual.codeInSubject, yesOrNo),
  codeTtl: optional(usual.codeTtlSeconds, duration('2m', '60m')),
  patience: optional(usual.patienceSeconds, duration('1m', '30m')),
  pass: optional({ ttl: usual.passTtlSeconds, email: usual.passCarriesEmail }, passFields),
  methods: optional(usual.methods, oneOf('either', 'both')),
  credentials: optional([], listOf(credential, { max: 10 })),
  limits: optional(usual.limits, readLimits),
  proofOfWork: optional(usual.proofOfWork, oneOf('off', 'automatic', 'always')),
  totp: optional({ ...usual.totp, anonymous: false }, totpFields),
  addresses: optional(anyAddress, readAddresses),
  sandbox: optional([], readSandbox),
  colour: optional(undefined, colour),
  logo: optional(undefined, logo),
  idTokenAlgorithm: optional(usual.idTokenAlgorithm, oneOf('RS256', 'EdDSA')),
  redirectUris: optional([], listOf(redirectUri, { max: 100 })),
  postLogoutRedirectUris: optional([], listOf(redirectUri, { max: 100 })),
  returnOrigins: optional([], listOf(origin, { max: 100 })),
};

type SiteMembers = RecordOf<typeof siteFields>;

const readMembers = draft(siteFields);

/** Reads one site of the file: its members, each for itself, and then what they are to each other. */
export function readSite(rules: SandboxRules): Read<Site> {
  return (value, place) => {
    const before = place.mistakes.length;
    const members = readMembers(value, place);
    if (!members) return undefined;
    checkEnrolment(members, place.member('totp'));
    const { code, addresses, sandbox: entries = [] } = members;
    const sandbox = settleSandbox(entries, { code, addresses }, place.member('sandbox'), rules);
    return place.mistakes.length === before ? siteOf({ ...(members as SiteMembers), sandbox }) : undefined;
  };
}

/** Whoever enrols an app without a pass shows no address. */
function checkEnrolment({ totp, addresses, methods }: Partial<SiteMembers>, place: Place): void {
  if (!totp?.anonymous) return;
  const why = addresses && keepsOut(addresses) ? 'the site has rules for addresses' : methods === 'both' ? 'the site asks for both methods' : '';
  if (why) place.member('anonymous').complain(`true, and ${why}. It wants false: who enrols an app at once shows no address`);
}

function siteOf(members: Omit<SiteMembers, 'sandbox'> & Pick<Site, 'sandbox'>): Site {
  const { code, codeTtl, patience, pass, sender: from, colour: paint, logo: picture, ...same } = members;
  return {
    ...same,
    ...(from && { sender: from }),
    codeFormat: code,
    codeTtlSeconds: codeTtl,
    patienceSeconds: patience,
    passTtlSeconds: pass.ttl,
    passCarriesEmail: pass.email,
    look: { ...(paint && { colour: paint }), ...(picture && { logo: picture }) },
  };
}
