import type { FastifyReply, FastifyRequest } from 'fastify';
import { createHostCookie } from '../http/host-cookie.ts';

/** As long as an enrolment may last, whatever a site says. */
const maxAgeSeconds = 365 * 24 * 60 * 60;
/** Sites of one deployment that a browser keeps an app for. */
const most = 8;

const entryPattern = /^[a-z0-9-]{1,63}:[\w-]{22}$/;

/**
 * Remembers which authenticator app this browser has for which site, so that it is asked for first. An id is not a
 * secret: it takes the app's code to do anything with it.
 */
export function createAppCookie(publicUrl: string) {
  const cookie = createHostCookie(publicUrl, 'daypass-app');
  const entries = (request: FastifyRequest) => (cookie.read(request) ?? '').split('.').filter((entry) => entryPattern.test(entry));
  const others = (request: FastifyRequest, site: string) => entries(request).filter((entry) => !entry.startsWith(`${site}:`));
  return {
    read: (request: FastifyRequest, site: string): string | undefined =>
      entries(request).find((entry) => entry.startsWith(`${site}:`))?.slice(site.length + 1),
    remember(request: FastifyRequest, reply: FastifyReply, site: string, id: string): void {
      cookie.set(reply, [`${site}:${id}`, ...others(request, site)].slice(0, most).join('.'), maxAgeSeconds);
    },
    forget(request: FastifyRequest, reply: FastifyReply, site: string): void {
      const left = others(request, site);
      if (left.length === 0) cookie.clear(reply);
      else cookie.set(reply, left.join('.'), maxAgeSeconds);
    },
  };
}
