import type { CaughtMail } from './caught-mail.ts';

const SHOWN = 50;
const REFRESH_SECONDS = 5;

/** The inbox as a page: newest first, the newest one open. Everything that came by mail is escaped. */
export function renderInbox(mails: readonly CaughtMail[], nonce: string): string {
  const newest = mails[0]?.id ?? '';
  const older = mails.length > SHOWN ? `<p class="hint">and ${mails.length - SHOWN} older ones at <a href="/api/mails">/api/mails</a></p>` : '';
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${mails.length ? `(${mails.length}) ` : ''}Daypass inbox</title>
<noscript><meta http-equiv="refresh" content="${REFRESH_SECONDS}"></noscript>
<style nonce="${nonce}">${STYLE}</style>
</head>
<body>
<header><h1>Inbox</h1><p class="hint">Mails caught on this machine. None of them was delivered; they are gone when Daypass stops.</p></header>
<main>${mails.length ? mails.slice(0, SHOWN).map(renderMail).join('\n') : EMPTY}${older}</main>
<script nonce="${nonce}">${script(newest)}</script>
</body>
</html>
`;
}

const EMPTY = '<p class="empty">No mail yet. The page looks again by itself.</p>';

function renderMail(mail: CaughtMail, index: number): string {
  const { id, envelope, subject, text, html, receivedAt } = mail;
  const asSent = html
    ? `<iframe sandbox src="/mails/${encodeURIComponent(id)}" title="The mail as sent" loading="lazy"></iframe>`
    : '';
  return `<details${index === 0 ? ' open' : ''}>
<summary>
<span class="subject">${escapeHtml(subject || '(no subject)')}</span>
<span class="meta">to ${escapeHtml(envelope.to.join(', '))} · <time datetime="${receivedAt.toISOString()}">${receivedAt.toISOString().slice(0, 19).replace('T', ' ')} UTC</time></span>
</summary>
<pre>${escapeHtml(text || '(no text part)')}</pre>
${asSent}
<p class="hint">from ${escapeHtml(envelope.from || '<>')} · <a href="/api/mails/${encodeURIComponent(id)}">headers and source</a></p>
</details>`;
}

/** Looks for a newer mail and shows it; what the reader has opened stays until then. */
function script(newest: string): string {
  return `
const shown = ${JSON.stringify(newest)};
setInterval(async () => {
  const response = await fetch('/api/mails?limit=1', { signal: AbortSignal.timeout(2000) }).catch(() => undefined);
  const [latest] = response?.ok ? await response.json() : [{ id: shown }];
  if ((latest?.id ?? '') !== shown) location.reload();
}, 1500);`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

const STYLE = `
:root { color-scheme: light dark; --line: light-dark(#ddd, #3a3a3c); --soft: light-dark(#667, #99a); --card: light-dark(#fff, #202023); }
* { box-sizing: border-box }
body { max-width: 46rem; margin: 0 auto; padding: 2rem 1rem; font: 16px/1.5 system-ui, sans-serif; background: light-dark(#f6f6f4, #161618) }
h1 { font-size: 1.5rem; margin: 0 }
a { color: inherit }
.hint, .meta { color: var(--soft); font-size: .875rem; margin: .25rem 0 0 }
.empty { padding: 3rem; text-align: center; color: var(--soft); border: 1px dashed var(--line); border-radius: .75rem }
details { background: var(--card); border: 1px solid var(--line); border-radius: .75rem; margin-top: 1rem; padding: .75rem 1rem .75rem 1.75rem; overflow-wrap: anywhere }
summary { cursor: pointer; list-style-position: outside; margin-left: -.25rem; padding-left: .25rem }
.subject { font-weight: 600; display: block }
.meta { display: block }
pre { font: 15px/1.5 ui-monospace, monospace; white-space: pre-wrap; border-top: 1px solid var(--line); padding-top: .75rem; margin: .75rem 0 }
iframe { width: 100%; height: 22rem; border: 1px solid var(--line); border-radius: .5rem; background: #fff }
`;
