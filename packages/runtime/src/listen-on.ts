import { ConfigurationError } from './read-environment.ts';
import { reasonOf } from './reason-of.ts';

/** Where a process listens, and the variables that said so. */
export interface Place {
  host: string;
  port: number;
  variables: { host: 'HOST' | 'OPS_HOST'; port: 'PORT' | 'OPS_PORT' };
}

/** Listens and gives the address, or throws a {@link ConfigurationError} that names the variable to change. */
export async function listenOn(app: { listen(where: { host: string; port: number }): Promise<string> }, place: Place): Promise<string> {
  const { host, port } = place;
  try {
    return await app.listen({ host, port });
  } catch (error) {
    throw new ConfigurationError([explain(place, reasonOf(error))]);
  }
}

function explain({ port, variables }: Place, reason: string): string {
  if (reason === 'EADDRINUSE') return `${variables.port}: port ${port} is in use by another process.`;
  if (reason === 'EACCES') return `${variables.port}: port ${port} is not open to this user.`;
  return `${variables.host} is no address that can be listened on here (${reason}).`;
}
