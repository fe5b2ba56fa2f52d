import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

/**
 * What is around the card. The card itself has the look of the element, which takes its place where scripts run: see
 * ADR 22.
 */
const page = `
:root{color-scheme:light dark;--accent:var(--day-pass-accent,#1d56e0);--page:#f3f4f7;--ink:#16181d;--quiet:#5a606b;--tile:#fff}
@supports(color:light-dark(red,red)){:root{--accent:var(--day-pass-accent,light-dark(#1d56e0,#8fb2ff));--page:light-dark(#f3f4f7,#101114);--ink:light-dark(#16181d,#f1f2f4);--quiet:light-dark(#5a606b,#a8aeb9);--tile:light-dark(#fff,#1b1d22)}}
html{block-size:100%;-webkit-text-size-adjust:100%;text-size-adjust:100%}
body{margin:0;min-block-size:100%;display:grid;grid-template-rows:minmax(24px,1fr) auto minmax(24px,1.6fr);justify-items:center;padding:0 16px;
font:medium/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;color:var(--ink);
background:radial-gradient(90rem 34rem at 50% -14rem,color-mix(in srgb,var(--accent) 26%,var(--page)),var(--page)) no-repeat var(--page)}
.page{grid-row:2;inline-size:100%;max-inline-size:26rem}
.site{display:flex;flex-direction:column;align-items:center;gap:14px;margin-block-end:26px;text-align:center}
.site img{display:block;max-inline-size:12rem;max-block-size:4rem;object-fit:contain}
h1{margin:0;font-size:1.625rem;line-height:1.25;font-weight:700;letter-spacing:-.02em;text-wrap:balance;overflow-wrap:anywhere}
.head h1{font-size:1.25em;font-weight:650;letter-spacing:-.01em}
day-pass{display:block}
.actions:empty{display:none}
.actions form{display:contents}
.actions span,.actions a{min-block-size:36px;padding:6px;font-size:.9375em;display:inline-block}
.actions span{color:var(--muted)}
.body a{color:var(--accent);font-weight:550;text-underline-offset:3px}
.body a:focus-visible{outline:3px solid var(--accent);outline-offset:2px;border-radius:4px}
.submit+.submit,p+form>.submit.plain{margin-block-start:10px}
a.submit{line-height:30px;color:var(--on-accent)!important;text-align:center;text-decoration:none;border-radius:calc(var(--radius)*.625)}
.plain{color:var(--accent);background:color-mix(in srgb,var(--accent) 10%,var(--surface))}
.good{margin-block-end:14px;font-weight:550}
code{font:.9375em ui-monospace,"SF Mono",Menlo,Consolas,"DejaVu Sans Mono",monospace}
.steps{margin:0 0 20px;padding:0;list-style:none;counter-reset:step;display:grid;gap:18px}
.steps>li{counter-increment:step;display:grid;grid-template-columns:28px 1fr;column-gap:12px}
.steps>li::before{content:counter(step);grid-row:1/4;inline-size:28px;block-size:28px;border-radius:50%;font-weight:650;font-size:.875em;line-height:28px;text-align:center;color:var(--accent);background:color-mix(in srgb,var(--accent) 12%,var(--surface))}
.steps>li>*{grid-column:2}
.qr{margin-block:10px;inline-size:200px;max-inline-size:100%;padding:8px;border-radius:12px;background:#fff;border:1px solid var(--line)}
.qr svg{display:block;inline-size:100%;block-size:auto}
.secret{display:flex;flex-wrap:wrap;gap:8px 12px;align-items:center;margin-block-start:8px}
.secret code{font-weight:600;letter-spacing:.04em;overflow-wrap:anywhere}
.small{min-block-size:36px;padding:6px 14px;font-weight:600;font-size:.9375em;color:var(--accent);background:color-mix(in srgb,var(--accent) 10%,var(--surface));text-decoration:none!important;border-radius:8px}
.codes{margin:0 0 16px;padding:16px;list-style:none;display:grid;gap:6px;justify-content:center;border-radius:12px;background:color-mix(in srgb,var(--accent) 7%,var(--surface))}
.codes code{font-weight:600;letter-spacing:.06em;white-space:nowrap}
.row{display:flex;flex-wrap:wrap;gap:10px;margin-block-end:4px}
@media(max-width:24rem){h1{font-size:1.375rem}}
@media print{body{display:block;background:none}.row,form,.actions{display:none!important}.frame{filter:none}}
`;

/** The one style sheet of the hosted pages, which is in each of them: a page is there at once, or not at all. */
export const style = lookOfElement() + page.replaceAll('\n', '');
export const styleHash = hashOf(style);

export function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}

/** As packages/client/build.ts makes it. Without it the forms are there, and plain. */
function lookOfElement(): string {
  try {
    return readFileSync(new URL('look.css', import.meta.resolve('@daypass/client/element')), 'utf8').replaceAll('\n', '');
  } catch {
    return '';
  }
}
