import { createHash, timingSafeEqual } from 'node:crypto';
import type { MailReport, ReportOutcome } from '@daypass/core/codes/report-mail';
import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { problemResponses } from '../http/schemas.ts';
import type { SendProblem } from '../http/send-problem.ts';
import type { TypedApp } from '../http/typed-app.ts';
import type { ApiMetrics } from '../ops/api-metrics.ts';
import { readReport } from '../reports/read-report.ts';

/** A bounce brings the mail along that it is about, or its head. */
const maxReportBytes = 256 * 1024;
const Reports = Type.Array(
  Type.Object(
    {
      messageId: Type.String({ minLength: 1, maxLength: 512 }),
      kind: Type.Union([Type.Literal('hard-bounce'), Type.Literal('soft-bounce'), Type.Literal('complaint')]),
    },
    { additionalProperties: false },
  ),
  { minItems: 1, maxItems: 100, examples: [[{ messageId: '<of-a-mail-that-came-back@example.com>', kind: 'hard-bounce' }]] },
);
const reports = Compile(Reports);
const mailTypes = ['message/rfc822', 'message/delivery-status', 'multipart/report', 'text/plain'];

/** Takes bounces and complaints from whoever receives them for this deployment. */
export function reportMailRoute(
  app: TypedApp,
  dependencies: {
    reportMail: (report: MailReport) => Promise<ReportOutcome>;
    /** What the reporter has to know. Without one there is no such route. */
    secret: string;
    sendProblem: SendProblem;
    metrics: ApiMetrics;
  },
): void {
  const { reportMail, secret, sendProblem, metrics } = dependencies;
  if (secret === '') return;
  const schema = {
    operationId: 'reportMail',
    summary: 'What became of mails after they were sent',
    description:
      'A bounce as a mail (RFC 3464) or a complaint (RFC 5965), as message/rfc822; or JSON, a list of `{messageId, kind}` with `hard-bounce`, `soft-bounce` or `complaint`. Signed in with `Authorization: Bearer` and the secret of DAYPASS_REPORT_SECRET. Only what bears a Message-ID of this deployment counts.',
    tags: ['Operations'],
    body: { content: { 'application/json': { schema: Reports }, 'message/rfc822': { schema: Type.String() } } },
    response: { 202: Type.Object({ suppressed: Type.Integer(), counted: Type.Integer(), ignored: Type.Integer() }), ...problemResponses },
  };

  void app.register(async (scope) => {
    // Bytes are left as they are: a bounce may be in any encoding.
    scope.addContentTypeParser(mailTypes, { parseAs: 'buffer', bodyLimit: maxReportBytes }, (_request, body, done) => done(null, body));
    // Looked at below: who has not signed in is not told what is wrong with the body.
    const validatorCompiler = () => () => true;
    scope.post('/v1/mail-reports', { schema, validatorCompiler, bodyLimit: maxReportBytes }, async (request, reply) => {
      if (!isSecret(request.headers.authorization, secret)) return sendProblem(reply, 'report_refused');
      const given: unknown = request.body;
      const list = Buffer.isBuffer(given) ? readReport(given.toString('latin1')) : reports.Check(given) ? given : undefined;
      if (!list) return sendProblem(reply, 'malformed_request', { detail: 'It wants a mail, or a list of {messageId, kind}.' });
      const answer = { suppressed: 0, counted: 0, ignored: 0 };
      for (const report of list) {
        const outcome = await reportMail(report);
        metrics.mailReported(report.kind, outcome);
        answer[outcome === 'foreign' || outcome === 'old' ? 'ignored' : outcome] += 1;
      }
      return reply.code(202).send(answer);
    });
  });
}

function isSecret(authorization: string | undefined, secret: string): boolean {
  const given = /^Bearer (\S+)$/i.exec(authorization ?? '')?.[1] ?? '';
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(secret));
}
