import { randomUUID } from 'node:crypto';
import type { Site } from '@daypass/core/sites/site';
import type { ClientMetadata } from 'oidc-provider';

/** Never compared with: a site's credentials are, which are digests. */
const noSecret = randomUUID();

/**
 * A site as a client of OpenID Connect. With credentials it has to show one of them; without it is a public client, which
 * PKCE alone protects. A site that may be returned to nowhere is no client.
 *
 * @param algorithm of its ID tokens
 */
export function clientOfSite(site: Site, algorithm: 'EdDSA' | 'RS256'): ClientMetadata | undefined {
  const { id, name, credentials, redirectUris, postLogoutRedirectUris } = site;
  if (redirectUris.length === 0) return undefined;
  return {
    client_id: id,
    client_name: name,
    redirect_uris: [...redirectUris],
    post_logout_redirect_uris: [...postLogoutRedirectUris],
    response_types: ['code'],
    grant_types: ['authorization_code'],
    ...(credentials.length > 0
      ? { token_endpoint_auth_method: 'client_secret_basic', client_secret: noSecret }
      : { token_endpoint_auth_method: 'none' }),
    id_token_signed_response_alg: algorithm,
    subject_type: 'pairwise',
    // The sector is the site, on however many hosts it is (OpenID Connect Core §8.1). It is not fetched.
    sector_identifier_uri: `https://${id}.sites.invalid/`,
  };
}
