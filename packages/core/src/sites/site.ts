import type { Sender } from '../address/parse-sender.ts';
import { defaultCodeFormat, type CodeFormat } from '../codes/code-format.ts';
import { defaultSiteLimits, type SiteLimits } from '../limits/site-limits.ts';
import type { TotpFormat } from '../totp/enrolment.ts';
import { anyAddress, type AddressRules } from './address-rules.ts';
import type { SandboxAddress } from './sandbox.ts';

/** What a site may be called in requests, ids and tokens. */
export const siteIdPattern = '^[a-z0-9][a-z0-9-]{0,62}$';

/** The longest that any site may find a request worth a mail. */
export const longestPatienceSeconds = 30 * 60;

/** The longest that a pass of any site lasts. */
export const longestPassSeconds = 24 * 60 * 60;

/** One frontend that lets people in through this deployment. */
export interface Site {
  id: string;
  /** As visitors know it: in mails and on pages. */
  name: string;
  /** Browser origins that may call the API for this site. */
  origins: readonly string[];
  /** Who its mails are from, where that is not the deployment's own sender. */
  sender?: Sender;
  /** BCP 47. What a mail is written in when the visitor asks for nothing else. */
  locale: string;
  /** Whether the subject of a mail shows the code, where a locked phone shows it too. */
  codeInSubject: boolean;
  codeFormat: CodeFormat;
  /** How long a code is good for, from the moment the mail server accepts it. */
  codeTtlSeconds: number;
  /** How old a request may be and still be worth a mail. */
  patienceSeconds: number;
  passTtlSeconds: number;
  /** Whether a pass says the visitor's address. */
  passCarriesEmail: boolean;
  /** Whether an emailed code or an authenticator app is enough for a pass, or it takes both. */
  methods: 'either' | 'both';
  totp: TotpSettings;
  limits: SiteLimits;
  /** When a request for a code has to bring a proof of work: never, when there is a reason, or always. */
  proofOfWork: 'off' | 'automatic' | 'always';
  /** Digests of the secrets that its backends may sign in with: see ADR 10. */
  credentials: readonly string[];
  /** Whose mail domains may ask for codes. */
  addresses: AddressRules;
  sandbox: readonly SandboxAddress[];
  look: SiteLook;
  /** What ID tokens of its OpenID Connect clients are signed with, where there is a key for it. */
  idTokenAlgorithm: 'EdDSA' | 'RS256';
  /** Where an OpenID Connect client of this site may be returned to, compared letter by letter. */
  redirectUris: readonly string[];
  postLogoutRedirectUris: readonly string[];
  /** Origins of the site's own that a reverse proxy protects with Daypass. */
  returnOrigins: readonly string[];
}

/** What pages of ours look like when they are shown for a site. Safe to put into a style sheet, and to serve. */
export interface SiteLook {
  /** `#rrggbb` */
  colour?: string;
  /** An image as a data: URL. */
  logo?: string;
}

/** What a site wants of authenticator apps. */
export interface TotpSettings extends TotpFormat {
  /** Whether anyone may enrol an app, and come back with it as the same unknown visitor. */
  anonymous: boolean;
  /** For how many days an enrolment gives passes. */
  enrolmentDays: number;
}

/** The site of a deployment that names none. */
export function builtInSite(origins: readonly string[]): Site {
  return {
    id: 'default',
    name: 'Daypass',
    origins,
    locale: 'en',
    codeInSubject: false,
    codeFormat: defaultCodeFormat,
    codeTtlSeconds: 15 * 60,
    patienceSeconds: 10 * 60,
    passTtlSeconds: 15 * 60,
    passCarriesEmail: false,
    methods: 'either',
    totp: { anonymous: true, algorithm: 'SHA1', digits: 6, enrolmentDays: 90 },
    limits: defaultSiteLimits,
    proofOfWork: 'automatic',
    credentials: [],
    addresses: anyAddress,
    sandbox: [],
    look: {},
    idTokenAlgorithm: 'RS256',
    redirectUris: [],
    postLogoutRedirectUris: [],
    returnOrigins: [],
  };
}
