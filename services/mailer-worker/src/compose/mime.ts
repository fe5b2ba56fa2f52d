const printable = /^[\x20-\x7e]*$/;
/** Room in an encoded word of 75 characters after `=?utf-8?B?` and `?=`, as bytes before base64 (RFC 2047 §2). */
const wordBytes = 45;
const headerLine = 76;
const bodyLine = 76;

/** The text of a header such as Subject. Line breaks and other controls become spaces: nothing starts another header. */
export function headerText(name: string, value: string): string {
  const text = onOneLine(value);
  const plain = `${name}: ${text}`;
  if (printable.test(text) && !text.includes('=?') && plain.length <= headerLine) return plain;
  return `${name}: ${encodedWords(text)}`;
}

/** An address with the name that it is shown with. */
export function mailbox(header: string, { name, address }: { name: string; address: string }): string {
  const text = onOneLine(name);
  if (text === '') return `${header}: ${address}`;
  if (!printable.test(text) || text.includes('=?') || text.length > 60) return `${header}: ${encodedWords(text)}\r\n <${address}>`;
  // RFC 5322 §3.2.3: these may stand outside of quotes.
  const shown = /^[\w!#$%&'*+/=?^`{|}~ -]+$/.test(text) ? text : `"${text.replaceAll(/["\\]/g, '\\$&')}"`;
  return `${header}: ${shown} <${address}>`;
}

/** RFC 5322 §3.3, in UTC. */
export function headerDate(date: Date): string {
  return `Date: ${date.toUTCString().replace('GMT', '+0000')}`;
}

/** Quoted-printable (RFC 2045 §6.7), with line breaks as CRLF. What is ASCII without "=" stays as it is. */
export function quotedPrintable(text: string): string {
  return text.split(/\r\n|\r|\n/).map(quotedLine).join('\r\n');
}

function quotedLine(line: string): string {
  if (line.length <= bodyLine && /^[\x21-\x3c\x3e-\x7e]?([\x20-\x3c\x3e-\x7e]*[\x21-\x3c\x3e-\x7e])?$/.test(line)) return line;
  const lines: string[] = [];
  let current = '';
  const characters = [...line];
  for (const [index, character] of characters.entries()) {
    const atEnd = index === characters.length - 1;
    const piece = quotedCharacter(character, atEnd);
    // A line that goes on ends in "=", which counts as well.
    if (current.length + piece.length > bodyLine - (atEnd ? 0 : 1)) {
      lines.push(`${current}=`);
      current = '';
    }
    current += piece;
  }
  return [...lines, current].join('\r\n');
}

function quotedCharacter(character: string, atEnd: boolean): string {
  const plain = character === ' ' || character === '\t' ? !atEnd : /^[\x21-\x3c\x3e-\x7e]$/.test(character);
  if (plain) return character;
  return [...Buffer.from(character)].map((byte) => `=${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('');
}

/** Without controls, of which a line break would start another header. */
function onOneLine(text: string): string {
  return text.replaceAll(/\p{Cc}+/gu, ' ').trim();
}

/** RFC 2047: base64 words that never cut a character, one a line. */
function encodedWords(text: string): string {
  const words: string[] = [];
  let current = '';
  for (const character of text) {
    if (Buffer.byteLength(current + character) > wordBytes) {
      words.push(current);
      current = '';
    }
    current += character;
  }
  return [...words, current].map((word) => `=?utf-8?B?${Buffer.from(word).toString('base64')}?=`).join('\r\n ');
}
