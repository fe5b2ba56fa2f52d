import { parseReturnAddress } from '@daypass/core/access/parse-return-address';
import type { Site } from '@daypass/core/sites/site';
import type { FastifyRequest } from 'fastify';

/** What a proxy asks about, as its headers say it. */
export interface Asked {
  /** Where the visitor wants to go, if it is on an origin of the site; `undefined` otherwise. */
  address: URL | undefined;
  /** Whether it is a page that is opened, and not something that a page loads. */
  navigation: boolean;
  /** nginx can do nothing with a redirect that it is answered with. */
  byNginx: boolean;
}

/** Whether a site may be returned to at an origin. */
export type MayReturn = (site: Site, origin: string) => boolean;

/**
 * Reads the headers of the three proxies: X-Original-URL (nginx), or X-Forwarded-Proto, -Host, -Uri and -Method (Traefik
 * and Caddy). Only to be called for a proxy that is trusted.
 */
export function askedAddress(request: FastifyRequest, site: Site, mayReturn: MayReturn): Asked {
  const original = header(request, 'x-original-url');
  const text = original ?? `${protectedOrigin(request) ?? ''}${header(request, 'x-forwarded-uri') ?? '/'}`;
  return {
    address: parseReturnAddress(text, (origin) => mayReturn(site, origin)),
    navigation: isNavigation(request),
    byNginx: original !== undefined,
  };
}

/** The origin that a request was for, as the proxy in front says it. */
export function protectedOrigin(request: FastifyRequest): string | undefined {
  const text = `${header(request, 'x-forwarded-proto')}://${header(request, 'x-forwarded-host')}`;
  return parseReturnAddress(text, () => true)?.origin;
}

function isNavigation(request: FastifyRequest): boolean {
  const method = header(request, 'x-forwarded-method') ?? 'GET';
  if (method !== 'GET' && method !== 'HEAD') return false;
  const mode = header(request, 'sec-fetch-mode');
  return mode === undefined ? (header(request, 'accept') ?? '').includes('text/html') : mode === 'navigate';
}

function header({ headers }: FastifyRequest, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' ? value : undefined;
}
