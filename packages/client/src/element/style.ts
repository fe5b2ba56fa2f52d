/**
 * One sheet for all elements of a page. It is constructed (`new CSSStyleSheet`), which a content security policy does
 * not have to allow. `.frame` takes back what a page's own style would hand down; what a page does to the element
 * itself, other than how it is displayed, stays the page's to say. `medium` is the size of text that the visitor has chosen,
 * whatever the page makes of its root; all others are in em.
 *
 * Colours follow the colour scheme of the page, not of the system: a light page does not get a dark card. A page that
 * has both says `color-scheme: light dark`; `theme` on the element says which one it is to be. What is written on the
 * accent is white or black, whichever an accent of the page's own leaves readable.
 */
export const css = `
:host{display:block!important;box-sizing:border-box!important;padding:0!important;border:0!important;inline-size:100%;max-inline-size:var(--day-pass-width,416px)}
:host([hidden]){display:none!important}
:host([theme=light]){color-scheme:light}
:host([theme=dark]){color-scheme:dark}
.frame{
--accent:var(--day-pass-accent,#1d56e0);
--on-accent:var(--day-pass-on-accent,#fff);
--surface:var(--day-pass-surface,#fff);
--text:var(--day-pass-text,#16181d);
--muted:var(--day-pass-muted,#5a606b);
--line:var(--day-pass-border,#838a96);
--danger:var(--day-pass-danger,#b3261e);
--radius:var(--day-pass-radius,16px);
all:initial;display:block;color-scheme:inherit;
font:medium/1.5 var(--day-pass-font,system-ui,-apple-system,"Segoe UI",Roboto,sans-serif);color:var(--text);
-webkit-text-size-adjust:100%;text-size-adjust:100%;
filter:drop-shadow(0 0 1px rgb(0 0 0/.28)) drop-shadow(0 10px 24px rgb(15 23 42/.10))}
@supports(color:light-dark(red,red)){.frame{
--accent:var(--day-pass-accent,light-dark(#1d56e0,#8fb2ff));
--surface:var(--day-pass-surface,light-dark(#fff,#1b1d22));
--text:var(--day-pass-text,light-dark(#16181d,#f1f2f4));
--muted:var(--day-pass-muted,light-dark(#5a606b,#a8aeb9));
--line:var(--day-pass-border,light-dark(#838a96,#7c8390));
--danger:var(--day-pass-danger,light-dark(#b3261e,#ffb4ab))}}
@supports(color:oklch(from red l c h)){.frame{--on-accent:var(--day-pass-on-accent,oklch(from var(--accent) calc((.64 - l)*1000) 0 0))}}
*,::before,::after{box-sizing:border-box}
[hidden]{display:none!important}
.head,.body{background:var(--surface);--cut:9px}
.head{display:flex;gap:12px;align-items:center;padding:22px 28px 20px;border-radius:var(--radius) var(--radius) 0 0;
background:color-mix(in srgb,var(--accent) 9%,var(--surface));
-webkit-mask:radial-gradient(circle at 0 100%,#0000 var(--cut),#000 calc(var(--cut) + .5px)) left/51% 100% no-repeat,radial-gradient(circle at 100% 100%,#0000 var(--cut),#000 calc(var(--cut) + .5px)) right/51% 100% no-repeat;
mask:radial-gradient(circle at 0 100%,#0000 var(--cut),#000 calc(var(--cut) + .5px)) left/51% 100% no-repeat,radial-gradient(circle at 100% 100%,#0000 var(--cut),#000 calc(var(--cut) + .5px)) right/51% 100% no-repeat}
.body{position:relative;padding:22px 28px 26px;border-radius:0 0 var(--radius) var(--radius);
-webkit-mask:radial-gradient(circle at 0 0,#0000 var(--cut),#000 calc(var(--cut) + .5px)) left/51% 100% no-repeat,radial-gradient(circle at 100% 0,#0000 var(--cut),#000 calc(var(--cut) + .5px)) right/51% 100% no-repeat;
mask:radial-gradient(circle at 0 0,#0000 var(--cut),#000 calc(var(--cut) + .5px)) left/51% 100% no-repeat,radial-gradient(circle at 100% 0,#0000 var(--cut),#000 calc(var(--cut) + .5px)) right/51% 100% no-repeat}
.body::before{content:"";position:absolute;inset:-1px 18px auto;border-top:2px dashed color-mix(in srgb,var(--accent) 35%,var(--surface))}
svg{flex:none;inline-size:28px;block-size:28px;color:var(--accent)}
h2{margin:0;font-size:1.25em;line-height:1.3;font-weight:650;letter-spacing:-.01em;outline:none;text-wrap:balance}
p{margin:0;overflow-wrap:anywhere}
.text{color:var(--muted);margin-block-end:18px}
.text:has(+form[hidden]){margin:0}
bdi{color:var(--text);font-weight:600}
form{display:block;margin:0}
label{display:block;font-weight:600;font-size:.9375em;margin-block-end:6px}
input{display:block;inline-size:100%;min-block-size:50px;margin:0;padding:10px 14px;font:inherit;font-size:1.0625em;color:var(--text);
background:var(--surface);border:1.5px solid var(--line);border-radius:calc(var(--radius)*.625);appearance:none;outline:none;transition:border-color .12s,box-shadow .12s}
input:focus-visible,button:focus-visible{outline:3px solid color-mix(in srgb,var(--accent) 85%,var(--text));outline-offset:2px}
input[aria-invalid=true]{border-color:var(--danger)}
input.code{font:600 1.5em/1.2 ui-monospace,"SF Mono",Menlo,Consolas,"DejaVu Sans Mono",monospace;letter-spacing:.16em;text-align:center;text-transform:uppercase;min-block-size:60px;padding-inline:8px}
.hint{color:var(--muted);font-size:.875em;margin-block-start:6px}
.error{color:var(--danger);font-size:.9375em;font-weight:550;margin-block-start:8px}
.error:empty,.status:empty,.hint:empty,.text:empty{display:none}
button{font:inherit;cursor:pointer;border:0;border-radius:calc(var(--radius)*.625)}
.submit{position:relative;display:block;inline-size:100%;min-block-size:50px;margin-block-start:16px;padding:10px 16px;font-weight:650;font-size:1.0625em;color:var(--on-accent);background:var(--accent);transition:filter .12s}
.submit:hover{filter:brightness(1.08)}
.submit:active{filter:brightness(.94)}
.submit[aria-disabled=true]{cursor:progress;filter:saturate(.55)}
.submit[aria-disabled=true]::after{content:"";position:absolute;inset-block-start:calc(50% - 9px);inset-inline-end:16px;inline-size:18px;block-size:18px;border:2.5px solid currentColor;border-inline-start-color:#0000;border-radius:50%;animation:turn .8s linear infinite}
@keyframes turn{to{transform:rotate(1turn)}}
.status{display:flex;gap:10px;align-items:baseline;color:var(--muted);font-size:.9375em;margin-block-start:16px}
.status::before{content:"";flex:none;inline-size:8px;block-size:8px;border-radius:50%;background:var(--accent);opacity:.45}
.status[data-state=sent]::before,.status[data-state=done]::before{opacity:1}
.status[data-state=refused]{color:var(--danger)}
.status[data-state=refused]::before,.status[data-state=delayed]::before{background:var(--danger);opacity:1}
progress{display:block;inline-size:100%;block-size:6px;margin-block-start:10px;appearance:none;border:0;border-radius:3px;overflow:hidden;background:color-mix(in srgb,var(--accent) 18%,var(--surface))}
progress::-webkit-progress-bar{background:none}
progress::-webkit-progress-value{background:var(--accent)}
progress::-moz-progress-bar{background:var(--accent)}
.actions{display:flex;flex-wrap:wrap;gap:2px 18px;margin-block-start:14px;margin-inline:-6px}
.actions button{min-block-size:36px;padding:6px;text-align:start;font-size:.9375em;font-weight:550;color:var(--accent);background:none;text-decoration:underline;text-decoration-thickness:1px;text-underline-offset:3px}
.actions button:hover{text-decoration-thickness:2px}
.actions button[aria-disabled=true]{font-weight:400;color:var(--muted);text-decoration:none;cursor:default;font-variant-numeric:tabular-nums}
@media(max-width:22rem){.head{padding-inline:20px}.body{padding-inline:20px}input.code{font-size:1.25em;letter-spacing:.1em}}
@media(prefers-reduced-motion:reduce){*,::before,::after{animation:none!important;transition:none!important}.submit[aria-disabled=true]::after{border-color:currentColor;border-style:dotted}}
@media(forced-colors:active){.frame{border:1px solid;filter:none}.submit{border:1px solid}}
`;

let sheet: CSSStyleSheet | undefined;

export function styleSheet(): CSSStyleSheet {
  if (!sheet) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
  }
  return sheet;
}
