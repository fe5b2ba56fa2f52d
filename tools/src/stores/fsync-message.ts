const OP_MSG = 2013;
const HEADER_BYTES = 16;

/** `{ fsync: 1, $db: 'admin' }` as an OP_MSG, by hand: a driver would be a dependency for these fifty bytes. */
export function fsyncMessage(): Buffer {
  const fields = Buffer.concat([
    Buffer.from('\x10fsync\0\x01\0\0\0', 'latin1'), // int32 1
    Buffer.from('\x02$db\0\x06\0\0\0admin\0', 'latin1'), // string, its length first
    Buffer.from([0]),
  ]);
  const document = Buffer.concat([int32(fields.length + 4), fields]);
  const body = Buffer.concat([int32(0), Buffer.from([0]), document]); // no flags, one section of kind 0
  return Buffer.concat([int32(HEADER_BYTES + body.length), int32(1), int32(0), int32(OP_MSG), body]);
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return bytes;
}
