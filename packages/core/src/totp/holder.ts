import type { IndexKey } from '../keys/index-key.ts';
import { mac } from '../keys/mac.ts';
import type { Site } from '../sites/site.ts';

/** Who an enrolment that nobody vouched for stands for: a visitor known by this app alone. */
export function anonymousSubject(indexKey: IndexKey, site: Site, id: string): string {
  return mac(indexKey.subject, ['totp', site.id, id]);
}

/**
 * What the enrolments of one subject are found by. Not the subject itself: that is in the passes, and in what sites
 * have stored beside it.
 */
export function digestHolder(indexKey: IndexKey, site: string, subject: string): string {
  return mac(indexKey.holder, [site, subject]);
}
