/** What the hosted pages say. One object of this shape for each locale. */
export interface Texts {
  addressTitle: (site: string) => string;
  addressLead: string;
  addressLabel: string;
  addressButton: string;
  codeTitle: string;
  codeLead: (address: string) => string;
  codeLabel: string;
  codeButton: string;
  resendButton: string;
  resendIn: (seconds: number) => string;
  otherAddress: string;
  doneTitle: string;
  doneLead: (site: string) => string;
  endButton: string;
  endEverywhereButton: string;
  endTitle: string;
  endLead: string;
  endLeadHere: string;
  endedTitle: string;
  endedLead: string;
  attemptsLeft: (count: number) => string;
  againIn: (seconds: number) => string;
  startAgain: string;
  notices: Record<NoticeCode, string>;
  pages: Record<PageCode, { title: string; lead: string }>;
}

/** What there may be to say above a form. */
export type NoticeCode =
  | 'address_invalid'
  | 'address_not_allowed'
  | 'code_exhausted'
  | 'code_expired'
  | 'code_rejected'
  | 'code_used'
  | 'mailed_again'
  | 'proof_required'
  | 'too_many_requests'
  | 'unavailable';

/** Pages on which there is nothing to do but begin again. */
export type PageCode = 'client_wrong' | 'expired' | 'handover_refused' | 'other_page' | 'site_unknown' | 'second_method' | 'unavailable' | 'went_wrong';

export const english: Texts = {
  addressTitle: (site) => `Enter ${site}`,
  addressLead: 'We will send a code to your email address. You need no password and no account.',
  addressLabel: 'Email address',
  addressButton: 'Send me a code',
  codeTitle: 'Type the code',
  codeLead: (address) => `We sent a code to ${address}. It may take a minute to arrive.`,
  codeLabel: 'Code',
  codeButton: 'Go in',
  resendButton: 'Send it again',
  resendIn: (seconds) => `Nothing there? In ${duration(seconds)} you can have it sent again.`,
  otherAddress: 'Use another address',
  doneTitle: 'You are in',
  doneLead: (site) => `This browser holds a pass for ${site}. It ends by itself.`,
  endButton: 'Leave',
  endEverywhereButton: 'Leave everywhere',
  endTitle: 'Leave?',
  endLead: 'Your pass ends by itself. You can also end it now, here or in all browsers that have one.',
  endLeadHere: 'A site asks whether you want to leave it in this browser.',
  endedTitle: 'You have left',
  endedLead: 'Your pass is over.',
  attemptsLeft: (count) => (count === 1 ? 'One more try.' : `${count} more tries.`),
  againIn: (seconds) => `Try again in ${duration(seconds)}.`,
  startAgain: 'Start again',
  notices: {
    address_invalid: 'That is not an email address. Is there a typing mistake in it?',
    address_not_allowed: 'This site does not take addresses of that kind.',
    code_exhausted: 'Too many wrong codes were typed. Ask for a new one.',
    code_expired: 'That code is no longer good. Ask for a new one.',
    code_rejected: 'That is not the code.',
    code_used: 'That code has been used already. Ask for a new one.',
    mailed_again: 'The same code is on its way once more.',
    proof_required: 'There are too many requests at the moment.',
    too_many_requests: 'That was too often.',
    unavailable: 'That did not work just now. Please try again in a moment.',
  },
  pages: {
    client_wrong: { title: 'This does not fit together', lead: 'The site that sent you here has asked for something that cannot be done. Tell whoever runs it.' },
    expired: { title: 'This page is too old', lead: 'It took too long, or it was opened in another browser.' },
    handover_refused: {
      title: 'This link has been used, or is too old',
      lead: 'It works once, within half a minute, in the browser in which you began.',
    },
    other_page: { title: 'That did not come from our page', lead: 'Your browser says that another page sent this. Nothing was done.' },
    site_unknown: { title: 'There is no such site', lead: 'The address of this page is not complete.' },
    second_method: {
      title: 'One more proof is needed',
      lead: 'This site also asks for a code of an authenticator app, which this page cannot take.',
    },
    unavailable: { title: 'We cannot let you in right now', lead: 'Something that we need is away. Nothing is lost: please try again in a minute.' },
    went_wrong: { title: 'Something went wrong here', lead: 'It is our fault. Please begin again.' },
  },
};

function duration(seconds: number): string {
  if (seconds < 90) return `${Math.max(1, seconds)} seconds`;
  return seconds < 90 * 60 ? `${Math.ceil(seconds / 60)} minutes` : `${Math.ceil(seconds / 3600)} hours`;
}
