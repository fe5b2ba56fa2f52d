import PostalMime from 'postal-mime';

export type Envelope = { from: string; to: string[] };

export type CaughtMail = {
  /** Counts up from 1 within one catcher. */
  id: string;
  receivedAt: Date;
  /** Who SMTP was told; the headers may say otherwise. */
  envelope: Envelope;
  subject: string;
  /** Empty when the mail has no such part. */
  text: string;
  html: string;
  /** In the order of the message, keys in lower case. */
  headers: { key: string; value: string }[];
  messageId: string;
  raw: string;
};

export async function readMail(id: string, envelope: Envelope, bytes: Buffer): Promise<CaughtMail> {
  const receivedAt = new Date();
  const mail = await PostalMime.parse(bytes);
  return {
    id,
    receivedAt,
    envelope,
    subject: mail.subject ?? '',
    text: mail.text ?? '',
    html: mail.html ?? '',
    headers: mail.headers.map(({ key, value }) => ({ key, value })),
    messageId: mail.messageId ?? '',
    raw: bytes.toString('utf8'),
  };
}
