import { list, type Variable } from '@daypass/runtime/variable';

/** Someone who may look at the queue dashboard. */
export interface OpsUser {
  name: string;
  secret: string;
}

/** Also read by `npm start`, before it starts anything. */
export const opsUsers: Variable<OpsUser[]> = {
  name: 'OPS_USERS',
  wants: 'name:secret pairs, comma-separated, each secret at least 12 characters',
  parse(value) {
    const users = list(value).map((entry) => /^(?<name>[^:\s]{1,64}):(?<secret>\S{12,})$/.exec(entry)?.groups);
    return users.every((user) => user !== undefined)
      ? users.map(({ name = '', secret = '' }) => ({ name, secret }))
      : undefined;
  },
  fallback: '',
  secret: true,
};
