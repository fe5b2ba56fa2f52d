export function selfSigned(host: string, now: Date): { key: string; certificate: string };
