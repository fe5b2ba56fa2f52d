// Ends with 0 when this container's process says that it lives.
const defaultPorts = { api: 9100, 'mailer-worker': 9101, sweeper: 9102 };

// oxlint-disable-next-line node/no-process-env -- a program of its own
const { OPS_PORT, SERVICE } = process.env;
const url = `http://127.0.0.1:${OPS_PORT || defaultPorts[SERVICE]}/livez`;
const answer = await fetch(url, { signal: AbortSignal.timeout(2_500) }).catch(() => undefined);
process.exit(answer?.ok ? 0 : 1);
