import { createHash } from 'node:crypto';

/** The one stylesheet of the hosted pages. */
export const style = `
:root { color-scheme: light dark; font: 17px/1.6 system-ui, sans-serif; }
body { margin: 0 auto; padding: 12vh 24px; max-width: 26rem; }
h1 { font-size: 1.7rem; line-height: 1.25; margin: 0 0 1rem; }
p { margin: 0 0 1rem; overflow-wrap: anywhere; }
label { display: block; font-weight: 600; }
input { box-sizing: border-box; width: 100%; font: inherit; padding: 0.6rem; margin: 0.25rem 0 1rem; }
.code { font: 1.4rem ui-monospace, monospace; letter-spacing: 0.1em; text-transform: uppercase; }
button { font: inherit; padding: 0.6rem 1rem; cursor: pointer; }
.quiet { border: 0; background: none; padding: 0; color: inherit; text-decoration: underline; }
.notice { border-inline-start: 4px solid; padding-inline-start: 0.75rem; }
form + form, form + p { margin-top: 1rem; }
`;

export const styleHash = `sha256-${createHash('sha256').update(style).digest('base64')}`;
