import { displayCode } from '@daypass/core/codes/code-format';
import type { CodeMail } from '@daypass/core/codes/issue-code';
import { escapeHtml } from '@daypass/runtime/escape-html';

export interface RenderedMail {
  /** BCP 47: what it is written in, which need not be what was asked for. */
  language: string;
  subject: string;
  text: string;
  html: string;
}

/** The mail that carries a code: no link, no image, nothing that tells the sender it was read. */
export function renderCodeMail({ site, envelope }: CodeMail): RenderedMail {
  const code = displayCode(site.codeFormat, envelope.code);
  const lifetime = describeMinutes(site.codeTtlSeconds);
  const intro = `Your code for ${site.name}:`;
  const hint = `It works once, for ${lifetime}. Capitals, spaces and hyphens do not matter.`;
  const ignore = 'You did not ask for it? Then ignore this mail: nobody gets in without the code.';

  return {
    language: 'en',
    subject: `Your code for ${site.name}`,
    text: [intro, '', code, '', hint, '', ignore, ''].join('\n'),
    html: [
      `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${escapeHtml(intro)}</title></head>`,
      '<body style="margin:0;padding:32px 16px;font:16px/1.5 system-ui,-apple-system,Segoe UI,sans-serif;color:#1c1c1c">',
      '<table role="presentation" width="100%" cellspacing="0" cellpadding="0"><tr><td align="center">',
      '<table role="presentation" width="480" cellspacing="0" cellpadding="0" style="max-width:100%"><tr><td>',
      `<p style="margin:0 0 16px">${escapeHtml(intro)}</p>`,
      `<p style="margin:0 0 16px;font:700 32px/1.3 ui-monospace,Menlo,Consolas,monospace;letter-spacing:2px">${code}</p>`,
      `<p style="margin:0 0 16px">${escapeHtml(hint)}</p>`,
      `<p style="margin:0;color:#595959;font-size:14px">${escapeHtml(ignore)}</p>`,
      '</td></tr></table></td></tr></table></body></html>',
      '',
    ].join('\n'),
  };
}

function describeMinutes(seconds: number): string {
  const minutes = Math.round(seconds / 60);
  return minutes === 1 ? '1 minute' : `${minutes} minutes`;
}
