import { openNote, sealNote } from '@daypass/core/keys/sealed-note';
import type { SealingKeys } from '@daypass/core/keys/sealing-keys';
import type { Clock, RandomBytes } from '@daypass/core/ports';
import type { Notice } from './notice.ts';

/** What a visitor logs in for. */
export type Purpose =
  /** A pass in our own cookie. */
  | { kind: 'pass' }
  /** To go on to a page behind a reverse proxy. */
  | { kind: 'forward'; returnTo: string; nonceDigest: string }
  /** To go on to an OpenID Connect client: `returnTo` is where its redirect goes. */
  | { kind: 'oidc'; interaction: string; returnTo: string; fresh: boolean; hint?: string };

/** How far a login is. */
export interface LoginState {
  site: string;
  purpose: Purpose;
  /** Digest of what the browser holds in a cookie: the login is that browser's, whoever else has its address. */
  browserDigest: string;
  /** When it began, in seconds since 1970. */
  begunAt: number;
  /** What was asked for by name, instead of what the browser asks for. */
  locale?: string;
  /** Which step the visitor has turned to, where it is not the usual one. */
  turn?: 'app' | 'recovery' | 'address';
  /** One proof of the two that the site asks for. */
  halfPass?: string;
  email?: string;
  /** The challenge whose code is waited for. */
  challenge?: string;
  /** The app that is being enrolled. Only ever in a page, never in an address. */
  app?: { id: string; secret: string; uri: string };
  /** What there is to be said on the next page. */
  notice?: Notice;
}

/** How long a visitor may take from one page to the next: longer than any code lives. */
const maxAgeSeconds = 60 * 60;

/** Keeps the state of a login in the pages themselves, sealed: nothing is stored, and any process can go on with it. */
export function createLoginStates(dependencies: { sealingKeys: SealingKeys; now: Clock; randomBytes: RandomBytes }) {
  const { sealingKeys, now, randomBytes } = dependencies;
  const seal = (id: string, value: object) =>
    sealNote(sealingKeys, { purpose: 'login', id }, JSON.stringify(value), now(), randomBytes);
  const open = (id: string, note: string) => openNote(sealingKeys, { purpose: 'login', id }, note, { now: now(), maxAgeSeconds });
  return {
    seal: (state: LoginState) => seal('state', state),
    open(note: string): LoginState | undefined {
      const text = open('state', note);
      return text === undefined ? undefined : (JSON.parse(text) as LoginState);
    },
    /** The beginning of a login, before the browser that it is for has come. */
    sealWay: (way: Pick<LoginState, 'site' | 'purpose'>) => seal('way', way),
    openWay(note: string): Pick<LoginState, 'site' | 'purpose'> | undefined {
      const text = open('way', note);
      return text === undefined ? undefined : (JSON.parse(text) as LoginState);
    },
  };
}

export type LoginStates = ReturnType<typeof createLoginStates>;
