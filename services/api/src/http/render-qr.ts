import { toDataURL, toString } from 'qrcode';

/** A QR code as an SVG without size, scripts or references: it is as large as the page makes it. */
export function renderSvg(text: string): Promise<string> {
  return toString(text, { type: 'svg', errorCorrectionLevel: 'M' });
}

/** The same as a PNG in a data URI. Ten times the work: only for who asks. */
export function renderPng(text: string): Promise<string> {
  return toDataURL(text, { type: 'image/png', errorCorrectionLevel: 'M', scale: 6 });
}
