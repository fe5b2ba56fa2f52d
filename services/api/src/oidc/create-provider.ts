import type { Revocations } from '@daypass/core/access/revocations';
import type { SigningKeys } from '@daypass/core/keys/signing-keys';
import { hasCredential } from '@daypass/core/sites/credential';
import type { Clock } from '@daypass/core/ports';
import type { Site } from '@daypass/core/sites/site';
import type { Sites } from '@daypass/core/sites/sites';
import type { FastifyBaseLogger } from 'fastify';
import Provider, { interactionPolicy, type Adapter, type Configuration, type KoaContextWithOIDC } from 'oidc-provider';
import type { LoginStates } from '../hosted/login-state.ts';
import type { Accounts } from './accounts.ts';
import { errorPage, logoutPage, loggedOutPage } from './pages.ts';

/** One proof or two: what `acr` says. */
export const acrOf = (methods: readonly string[]): string => `urn:daypass:proofs:${methods.length > 1 ? 2 : 1}`;

const codeSeconds = 60;
const interactionSeconds = 60 * 60;
/** Why a login is asked for that a pass from before may answer. */
const anyPassWillDo = ['no_session', 'other_site'];

export interface ProviderDependencies {
  publicUrl: string;
  sites: Sites;
  signingKeys: SigningKeys;
  cookieKey: string;
  adapter: (model: string) => Adapter;
  accounts: Accounts;
  states: LoginStates;
  revocations: Pick<Revocations, 'include'>;
  mayCall: (site: string, origin: string) => boolean;
  passCookie: string;
  now: Clock;
  log: FastifyBaseLogger;
}

/** The OpenID Connect provider: oidc-provider, with sites for its clients and the hosted page for its login. */
export function createOidcProvider(dependencies: ProviderDependencies): Provider {
  const { publicUrl, sites, log, passCookie } = dependencies;
  const provider = new Provider(publicUrl, configurationOf(dependencies));
  // Of X-Forwarded-… only what the route puts there is left: see mount-provider.ts.
  provider.proxy = true;
  Object.assign(provider.Client.prototype, {
    compareClientSecret(this: { clientId: string }, secret: string): boolean {
      return hasCredential(sites.byId(this.clientId)?.credentials ?? [], secret);
    },
  });
  provider.on('server_error', (_ctx, err) => log.error({ err }, 'oidc request failed'));
  // Else the next login would find the pass, and be none.
  provider.on('end_session.success', (ctx) => {
    ctx.cookies.set(passCookie, null, { path: '/', signed: false, httpOnly: true, sameSite: 'lax' });
  });
  return provider;
}

function configurationOf(dependencies: ProviderDependencies): Configuration {
  const { publicUrl, signingKeys, cookieKey, adapter, accounts, states, mayCall, now } = dependencies;
  const siteOf = (id: unknown) => (typeof id === 'string' ? dependencies.sites.byId(id) : undefined);
  const prefix = publicUrl.startsWith('https:') ? '__Host-' : '';
  const secondsLeft = (since: number | undefined, seconds: number) =>
    Math.max(1, (since ?? Math.floor(now().getTime() / 1000)) + seconds - Math.floor(now().getTime() / 1000));

  return {
    adapter,
    jwks: { keys: signingKeys.privateKeys() as unknown as NonNullable<Configuration['jwks']>['keys'] },
    routes: {
      authorization: '/oauth2/authorize',
      token: '/oauth2/token',
      introspection: '/oauth2/introspect',
      revocation: '/oauth2/revoke',
      userinfo: '/oauth2/userinfo',
      end_session: '/oauth2/logout',
      jwks: '/.well-known/jwks.json',
    },
    features: {
      devInteractions: { enabled: false },
      // A session may only be ended by the visitor, who is asked: see pages.ts.
      rpInitiatedLogout: { enabled: true, logoutSource: logoutPage, postLogoutSuccessSource: loggedOutPage },
      introspection: { enabled: true, allowedPolicy: (_ctx, client, token) => token.clientId === client.clientId },
      revocation: { enabled: true, allowedPolicy: (_ctx, client, token) => token.clientId === client.clientId },
      userinfo: { enabled: true },
      pushedAuthorizationRequests: { enabled: false },
      dPoP: { enabled: false },
      resourceIndicators: { enabled: false },
    },
    responseTypes: ['code'],
    pkce: { required: () => true },
    clientAuthMethods: ['client_secret_basic', 'client_secret_post', 'none'],
    scopes: ['openid', 'email', 'profile'],
    claims: { openid: ['sub', 'acr', 'amr', 'auth_time'], email: ['email', 'email_verified'], acr: null, amr: null, auth_time: null, iss: null, sid: null },
    // Many clients look for the address in the ID token and nowhere else.
    conformIdTokenClaims: false,
    acrValues: ['urn:daypass:proofs:1', 'urn:daypass:proofs:2'],
    enabledJWA: { idTokenSigningAlgValues: algorithmsOf(signingKeys) },
    clientDefaults: { id_token_signed_response_alg: algorithmsOf(signingKeys)[0] ?? 'EdDSA' },
    subjectTypes: ['pairwise'],
    // A subject is one site's own to begin with.
    pairwiseIdentifier: async (_ctx, accountId) => accountId,
    sectorIdentifierUriValidate: () => false,
    fetch: () => Promise.reject(new Error('nothing is fetched')),
    clientBasedCORS: (_ctx, origin, client) => mayCall(client.clientId, origin),
    cookies: {
      keys: [cookieKey],
      names: { session: `${prefix}daypass-oidc`, interaction: 'daypass-oidc-step', resume: 'daypass-oidc-resume' },
      long: { signed: true, httpOnly: true, sameSite: 'lax', path: '/' },
      short: { signed: true, httpOnly: true, sameSite: 'lax' },
    },
    ttl: {
      AuthorizationCode: codeSeconds,
      AccessToken: (_ctx, _token, client) => siteOf(client.clientId)?.passTtlSeconds ?? codeSeconds,
      IdToken: (_ctx, _token, client) => siteOf(client.clientId)?.passTtlSeconds ?? codeSeconds,
      Interaction: interactionSeconds,
      // Like a pass: it ends so long after the visitor has shown who they are, however often it is used.
      Session: (ctx, session) => secondsLeft(session.loginTs, siteOf(ctx.oidc.client?.clientId)?.passTtlSeconds ?? interactionSeconds),
      Grant: (_ctx, grant) => 2 * (siteOf(grant.clientId)?.passTtlSeconds ?? interactionSeconds),
    },
    interactions: {
      policy: policyOf(dependencies),
      url: (_ctx, { uid, params, prompt }) => {
        const fresh = !prompt.reasons.every((reason) => anyPassWillDo.includes(reason));
        const hint = params['login_hint'];
        const purpose = {
          kind: 'oidc' as const,
          interaction: uid,
          returnTo: String(params['redirect_uri']),
          fresh,
          ...(typeof hint === 'string' && { hint: hint.slice(0, 320) }),
        };
        return `/login?way=${states.sealWay({ site: String(params['client_id']), purpose })}`;
      },
    },
    async findAccount(_ctx, subject) {
      const account = await accounts.find(subject);
      if (!account) return undefined;
      const { email } = account;
      return { accountId: subject, claims: async () => ({ sub: subject, ...(email !== undefined && { email, email_verified: true }) }) };
    },
    renderError: errorPage,
  };
}

/** A login holds for the site that it was made at, and until the visitor's passes are taken back. */
function policyOf({ accounts, revocations }: ProviderDependencies): interactionPolicy.DefaultPolicy {
  const policy = interactionPolicy.base();
  const { Check } = interactionPolicy;
  const check = (reason: string, isWanted: (ctx: KoaContextWithOIDC) => Promise<boolean>) =>
    policy.get('login')?.checks.add(
      new Check(reason, 'End-User authentication is required', 'login_required', async (ctx) => {
        const { session, result } = ctx.oidc;
        return session?.accountId !== undefined && !result?.login && (await isWanted(ctx));
      }),
    );
  check('other_site', async ({ oidc: { session, client } }) => {
    const account = await accounts.find(session?.accountId ?? '');
    return account?.site !== client?.clientId;
  });
  check('taken_back', async ({ oidc: { session, client } }) => {
    const issuedAt = new Date((session?.loginTs ?? 0) * 1000);
    return revocations.include({ subject: session?.accountId ?? '', site: client?.clientId ?? '', issuedAt });
  });
  return policy;
}

/** RS256 first where there is a key for it: it is the one that every client knows (OpenID Connect Core §15.1). */
function algorithmsOf({ jwks }: SigningKeys): ('EdDSA' | 'RS256')[] {
  return jwks.keys.some(({ alg }) => alg === 'RS256') ? ['RS256', 'EdDSA'] : ['EdDSA'];
}

/** What a site's ID tokens are signed with. */
export function idTokenAlgorithm(site: Site, signingKeys: SigningKeys): 'EdDSA' | 'RS256' {
  const algorithms = algorithmsOf(signingKeys);
  return algorithms.find((algorithm) => algorithm === site.idTokenAlgorithm) ?? 'EdDSA';
}
