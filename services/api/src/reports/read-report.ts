import type { MailReport } from '@daypass/core/codes/report-mail';

/** Enhanced status codes that say of the mailbox that there is none (RFC 3463 §3.2): other 5.x.x may be about us. */
const noMailbox = /^5\.(1\.(1|2|3|6|10)|2\.1)$/;
/** So many ids are looked at: one is ours, if any. */
const mostIds = 20;

/**
 * Reads a bounce (RFC 3464) or a complaint (RFC 5965), as a mail server writes it: the fields of its report, and the
 * Message-ID of the mail it is about, wherever in it that stands. Which of several is ours is not known here.
 *
 * @returns nothing for what reports no failure: a delay, a holiday reply
 */
export function readReport(raw: string): MailReport[] {
  const text = raw.replaceAll(/\r?\n[ \t]+/g, ' ');
  const kind = kindOf(text);
  if (!kind) return [];
  const ids = [...text.matchAll(/^(?:x-)?(?:original-)?(?:message-id|in-reply-to|references):(.*)$/gim)]
    .flatMap(([, value = '']) => value.match(/<[^<>\s]{1,300}>/g) ?? [])
    .slice(0, mostIds);
  return [...new Set(ids)].map((messageId) => ({ messageId, kind }));
}

function kindOf(text: string): MailReport['kind'] | undefined {
  const field = (name: string) => new RegExp(`^${name}:[ \\t]*([\\w.-]+)`, 'im').exec(text)?.[1]?.toLowerCase();
  if (field('feedback-type') === 'abuse') return 'complaint';
  if (field('action') !== 'failed') return undefined;
  return noMailbox.test(field('status') ?? '') ? 'hard-bounce' : 'soft-bounce';
}
