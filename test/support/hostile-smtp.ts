import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';

/** Where in a conversation something is said. */
type Moment = 'greeting' | 'EHLO' | 'STARTTLS' | 'MAIL' | 'RCPT' | 'DATA' | 'end';
/** What it says instead; "stall": nothing, ever; "drop": it breaks the connection, at the end with the mail taken. */
type Answer = string;

export interface HostileSmtp {
  url: string;
  /** Every mail that was taken, raw: whether or not it was said. */
  taken: { to: string; raw: string }[];
  /** How often each unkindness happened. */
  counts: Record<string, number>;
  close(): Promise<void>;
}

/** Unkind to some visitors, by what their addresses begin with: once, but for those that begin with `full` or `gone`. */
const unkindness: Record<string, { at: Moment; says: Answer; always?: boolean }> = {
  grey: { at: 'RCPT', says: '451 4.7.1 greylisted' },
  busy: { at: 'MAIL', says: '421 4.3.2 too busy' },
  dropped: { at: 'end', says: 'drop' },
  silent: { at: 'end', says: 'stall' },
  garbled: { at: 'RCPT', says: 'lorem ipsum' },
  mumbled: { at: 'end', says: 'lorem ipsum' },
  cut: { at: 'DATA', says: 'drop' },
  stuck: { at: 'RCPT', says: 'stall' },
  full: { at: 'end', says: '552 5.2.2 full', always: true },
  gone: { at: 'RCPT', says: '550 5.1.1 unknown', always: true },
};
/** Unkind to some connections, by their number; none of this hits two in a row. */
const greetings: [every: number, at: Moment, says: Answer][] = [
  [3, 'greeting', '421 too many connections'],
  [7, 'greeting', 'drop'],
  [11, 'EHLO', 'lorem ipsum'],
  [13, 'STARTTLS', '454 no TLS now'],
  [29, 'greeting', 'stall'],
];

/**
 * A mail server that is as unkind as mail servers are, by a script.
 *
 * @param stalls whether some connections are never greeted, which takes who waits for it its whole deadline
 */
export async function startHostileSmtp({ stalls = true } = {}): Promise<HostileSmtp> {
  const taken: HostileSmtp['taken'] = [];
  const counts: Record<string, number> = {};
  const done = new Set<string>();
  const sockets = new Set<Socket>();
  let connections = 0;
  const count = (what: string) => void (counts[what] = (counts[what] ?? 0) + 1);

  function unkindTo(address: string, at: Moment): Answer | undefined {
    const kind = address.split('.')[0] ?? '';
    const rule = unkindness[kind];
    if (rule?.at !== at || (!rule.always && done.has(address))) return undefined;
    done.add(address);
    count(`${kind}: ${rule.says.slice(0, 3)} at ${at}`);
    return rule.says;
  }

  function unkindToConnection(number: number, at: Moment): Answer | undefined {
    const rule = greetings.find(([every, moment, says]) => moment === at && number % every === 0 && (stalls || says !== 'stall'));
    if (rule) count(`connection: ${rule[2].slice(0, 5)} at ${at}`);
    return rule?.[2];
  }

  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => undefined);
    const number = (connections += 1);
    let [to, from, rest, message] = ['', '', '', ''];
    let inData = false;

    function say(usually: string, instead: Answer | undefined): boolean {
      if (instead === 'drop') socket.destroy();
      else if (instead !== 'stall') socket.write(`${instead ?? usually}\r\n`);
      return instead === undefined;
    }
    function obey(line: string): void {
      const verb = line.slice(0, 4).toUpperCase();
      if (verb === 'EHLO') {
        const tls = number % 13 === 0 ? '250-STARTTLS\r\n' : '';
        say(`250-hello\r\n${tls}250 8BITMIME`, unkindToConnection(number, 'EHLO'));
      } else if (verb === 'STAR') say('454 no TLS now', unkindToConnection(number, 'STARTTLS'));
      else if (verb === 'MAIL') {
        from = line;
        say('250 ok', undefined);
      } else if (verb === 'RCPT') {
        to = /<(.*)>/.exec(line)?.[1] ?? '';
        // Whom a mail is for is known now, so what was to be said of its sender is said here.
        say('250 ok', unkindTo(to, 'MAIL') ?? unkindTo(to, 'RCPT'));
      } else if (verb === 'DATA') inData = say('354 go on', unkindTo(to, 'DATA'));
      else if (verb === 'QUIT') socket.end('221 bye\r\n');
      else say('250 ok', undefined);
    }
    function accept(): void {
      const instead = unkindTo(to, 'end');
      // A server that says nothing of it, or nothing that can be read, has taken it all the same.
      if (from !== '' && !instead?.startsWith('552')) taken.push({ to, raw: message });
      message = '';
      say('250 taken', instead);
    }

    socket.setEncoding('latin1');
    socket.on('data', (chunk: string) => {
      const lines = (rest + chunk).split('\r\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        if (!inData) obey(line);
        else if (line !== '.') message += `${line.replace(/^\./, '')}\r\n`;
        else {
          inData = false;
          accept();
        }
      }
    });
    say('220 ready', unkindToConnection(number, 'greeting'));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`,
    taken,
    counts,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** What addresses may begin with, to meet an unkindness of the script. */
export const unkindKinds = Object.keys(unkindness);
/** Of these no mail can ever arrive. */
export const hopelessKinds = Object.entries(unkindness).flatMap(([kind, { always }]) => (always ? [kind] : []));
