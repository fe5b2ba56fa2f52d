import { mongo, STATES, type Connection } from 'mongoose';

/** What is to be told of the database, with each try. */
export type OnConnection = (event: 'reached' | 'not reached' | 'indexes not made', error?: unknown) => void;

/** So many tries in a row without an answer are told as that: about five seconds. */
const silentTries = 3;

/** Tells when the database is reached and when it is not, from now on. */
export function watchConnection(
  connection: Connection,
  onConnection: OnConnection,
): {
  /** To be called when it has been reached for the first time: the driver has a client from then on. */
  opened(): void;
  /** Why it is not reached. */
  trouble(): unknown;
} {
  let trouble: unknown;
  let silent = 0;
  function notReached(error: unknown): void {
    trouble = error;
    onConnection('not reached', error);
  }

  connection.on('connected', () => {
    trouble = undefined;
    onConnection('reached');
  });
  connection.on('error', (error) => {
    silent = isSilence(error) ? silent + 1 : 0;
    // A process that starts is so busy that it hears nothing in time, and the next try says why.
    if (silent > 0 && silent < silentTries) trouble = error;
    else notReached(error);
  });

  return {
    trouble: () => trouble,
    opened() {
      connection.getClient().on('serverHeartbeatFailed', ({ failure }) => {
        trouble = failure;
        // While others of a replica set are reached, one that is not is no news.
        if (connection.readyState !== STATES.connected) notReached(failure);
      });
      connection.on('disconnected', () => {
        // How a connection broke says little. The driver tries again at once, and says why it is not made anew.
        if (trouble instanceof Error && trouble.cause !== undefined) notReached(trouble);
      });
    },
  };
}

/** Whether a server was looked for, and nothing was heard of it: not even why. */
function isSilence(error: unknown): boolean {
  return error instanceof mongo.MongoServerSelectionError && error.cause === undefined;
}
