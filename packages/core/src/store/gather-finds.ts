/** A query must not grow with what comes in at once. */
const mostAtOnce = 64;

interface Waiting<Document> {
  resolve: (found: Document | undefined) => void;
  reject: (error: unknown) => void;
}

/**
 * Looks documents up by id: those that are asked for in one turn of the event loop in one query. Visitors who come in
 * together wait for one answer of the database instead of one each, and nobody waits for another turn.
 */
export function gatherFinds<Document extends { _id: string }>(
  findAll: (ids: string[]) => Promise<Document[]>,
): (id: string) => Promise<Document | undefined> {
  let waiting = new Map<string, Waiting<Document>[]>();

  const ask = () => {
    const asked = waiting;
    waiting = new Map();
    if (asked.size === 0) return;
    findAll([...asked.keys()]).then(
      (found) => {
        const byId = new Map(found.map((document) => [document._id, document]));
        for (const [id, each] of asked) for (const { resolve } of each) resolve(byId.get(id));
      },
      (error: unknown) => {
        for (const each of asked.values()) for (const { reject } of each) reject(error);
      },
    );
  };

  return (id) =>
    new Promise((resolve, reject) => {
      if (waiting.size === 0) setImmediate(ask);
      waiting.set(id, [...(waiting.get(id) ?? []), { resolve, reject }]);
      if (waiting.size === mostAtOnce) ask();
    });
}
