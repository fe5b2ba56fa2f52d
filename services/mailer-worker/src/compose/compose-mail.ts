import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { Sender } from '@daypass/core/address/parse-sender';
import { displayCode } from '@daypass/core/codes/code-format';
import type { CodeMail } from '@daypass/core/codes/issue-code';
import { spell, type RenderedMail } from '../templates/code-mail.ts';
import { headerDate, headerText, mailbox, quotedPrintable } from './mime.ts';

/** A mail as it goes over the wire. */
export interface ComposedMail {
  from: string;
  to: string;
  raw: Buffer;
}

/** What two mails of one template differ in stands between these pieces: the code as it is shown, or spelled out. */
type Mould = readonly (string | { as: 'shown' | 'spelled' })[];

/**
 * Writes mails. Two mails of the same site, language and sender differ in address, code, id and date only: everything
 * else is rendered and encoded once, and the code is set into it.
 *
 * @param messageIdOf makes what stands between the angle brackets; the same for every try at the same mail
 */
export function createComposeMail(options: {
  render: (mail: CodeMail) => RenderedMail;
  /** What else than the site tells one template's mails from another's: the language. */
  variantOf: (mail: CodeMail) => string;
  messageIdOf: (mail: CodeMail, sender: Sender) => string;
}): (mail: CodeMail, sender: Sender) => ComposedMail {
  const { render, variantOf, messageIdOf } = options;
  // By the site's object, which is another one after the sites were read again.
  const moulds = new WeakMap<CodeMail['site'], Map<string, Mould | undefined>>();

  return (mail, sender) => {
    const { address, code } = mail.envelope;
    const shown = displayCode(mail.site.codeFormat, code);
    const mould = mouldFor(mail, sender);
    const rest = mould ? fill(mould, shown) : writeRest(render(mail), sender);
    const head = [
      // RFC 6532 §3.2: an address that is not ASCII stands in the header as it is. A server that does not take it is not asked.
      `To: ${address}`,
      // The same for every try at the same mail (RFC 5322 §3.6.4): a server that got it twice can tell.
      `Message-ID: <${messageIdOf(mail, sender)}>`,
      headerDate(mail.issuedAt),
    ].join('\r\n');
    return { from: sender.address, to: address, raw: Buffer.from(`${head}\r\n${rest}`) };
  };

  function mouldFor(mail: CodeMail, sender: Sender): Mould | undefined {
    let ofSite = moulds.get(mail.site);
    if (!ofSite) moulds.set(mail.site, (ofSite = new Map()));
    const key = variantOf(mail);
    if (ofSite.has(key)) return ofSite.get(key);
    const mould = cast(mail, sender);
    ofSite.set(key, mould);
    return mould;
  }

  /**
   * Writes the same mail with two codes that have no character in common. If what is left without the code is the same,
   * it is the mould; if a template does more with a code than show it, there is none.
   */
  function cast(mail: CodeMail, sender: Sender): Mould | undefined {
    const { alphabet, length } = mail.site.codeFormat;
    const [first, second] = (alphabet === 'numeric' ? ['7', '4'] : ['W', 'H']).map((character) => {
      const code = character.repeat(length);
      const written = writeRest(render({ ...mail, envelope: { ...mail.envelope, code } }), sender);
      return takeApart(written, displayCode(mail.site.codeFormat, code));
    });
    return first && first.length > 1 && isDeepStrictEqual(first, second) ? first : undefined;
  }
}

/** The pieces of a text around a code, and where it stands in which form. */
function takeApart(written: string, shown: string): Mould {
  const forms = new Map<string, 'shown' | 'spelled'>([[shown, 'shown'], [spell(shown), 'spelled']]);
  return written.split(new RegExp(`(${[...forms.keys()].join('|')})`)).map((piece) => {
    const as = forms.get(piece);
    return as ? { as } : piece;
  });
}

function fill(mould: Mould, shown: string): string {
  const spelled = spell(shown);
  let text = '';
  for (const piece of mould) text += typeof piece === 'string' ? piece : piece.as === 'shown' ? shown : spelled;
  return text;
}

/** Everything after the headers that are each mail's own. */
function writeRest({ language, subject, text, html }: RenderedMail, sender: Sender): string {
  // It must not occur in the parts: "=_" is what quoted-printable cannot contain (RFC 2045 §6.7).
  const boundary = `=_${createHash('sha256').update(language + subject.length + sender.address).digest('base64url').slice(0, 24)}`;
  return [
    mailbox('From', sender),
    headerText('Subject', subject),
    'Auto-Submitted: auto-generated', // RFC 3834 §5: no holiday reply, please.
    'X-Auto-Response-Suppress: All',
    `Content-Language: ${language}`,
    'MIME-Version: 1.0',
    `Content-Type: multipart/alternative; boundary="${boundary}"`,
    '',
    ...part(boundary, 'text/plain', text),
    ...part(boundary, 'text/html', html),
    `--${boundary}--`,
    '',
  ].join('\r\n');
}

function part(boundary: string, type: string, content: string): string[] {
  return [
    `--${boundary}`,
    `Content-Type: ${type}; charset=utf-8`,
    'Content-Transfer-Encoding: quoted-printable',
    '',
    quotedPrintable(content),
  ];
}
