import { refuse, type Refusal } from '../errors.ts';

/** @param id what was asked for: a request that names no site asks for `default`, which there need not be */
export function refuseUnknownSite(id: string): Refusal {
  const none = 'There is no site called `default`, and the request names no other.';
  return refuse('site_unknown', { detail: id === 'default' ? none : 'This deployment has no site of that name.' });
}
