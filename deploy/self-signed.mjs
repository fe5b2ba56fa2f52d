import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';

const years = 10;

/**
 * A key and a certificate for one host, which whoever is to believe it is given as it is. Node can read certificates
 * and not make them, so its few DER structures (RFC 5280 §4.1) are written out here.
 *
 * @param {string} host
 * @param {Date} now
 */
export function selfSigned(host, now) {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const until = new Date(now);
  until.setUTCFullYear(now.getUTCFullYear() + years);

  const ecdsaWithSha256 = sequence(oid('2a8648ce3d040302'));
  const name = sequence(der(0x31, sequence(oid('550403'), utf8(host)))); // CN
  const notAuthority = sequence(oid('551d13'), boolean(true), octets(sequence())); // basicConstraints, critical: cA false
  const hostNames = sequence(oid('551d11'), octets(sequence(der(0x82, Buffer.from(host))))); // subjectAltName: dNSName

  const body = sequence(
    der(0xa0, integer(Buffer.from([2]))), // version 3
    integer(Buffer.concat([Buffer.from([1]), randomBytes(15)])), // serial number, positive
    ecdsaWithSha256,
    name, // issuer
    sequence(utcTime(now), utcTime(until)),
    name, // subject
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(notAuthority, hostNames)),
  );
  const signature = sign('sha256', body, privateKey);
  const certificate = sequence(body, ecdsaWithSha256, der(0x03, Buffer.from([0]), signature));
  return { key: String(privateKey.export({ type: 'pkcs8', format: 'pem' })), certificate: pem('CERTIFICATE', certificate) };
}

/** Tag, length, content (X.690 §8.1). */
function der(tag, ...parts) {
  const content = Buffer.concat(parts);
  const { length } = content;
  if (length > 0xffff) throw new RangeError('longer than any certificate of ours');
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

const sequence = (...parts) => der(0x30, ...parts);
const integer = (bytes) => der(0x02, bytes);
const octets = (bytes) => der(0x04, bytes);
const oid = (hex) => der(0x06, Buffer.from(hex, 'hex'));
const utf8 = (text) => der(0x0c, Buffer.from(text));
const boolean = (value) => der(0x01, Buffer.from([value ? 0xff : 0]));
/** Years up to 2049 (RFC 5280 §4.1.2.5). */
const utcTime = (date) => der(0x17, Buffer.from(`${date.toISOString().slice(2, 19).replaceAll(/\D/g, '')}Z`));

function pem(label, bytes) {
  const lines = bytes.toString('base64').match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n');
}
