import type { Pass } from '@daypass/core/access/verify-pass';
import type { Sites } from '@daypass/core/sites/sites';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type Provider from 'oidc-provider';
import { plain } from '../hosted/page-errors.ts';
import type { Accounts } from './accounts.ts';
import { acrOf } from './create-provider.ts';

/** Takes a visitor who has shown who they are back to the client that had asked for it. */
export function createFinishInteraction(dependencies: { provider: Provider; accounts: Accounts; sites: Sites }) {
  const { provider, accounts, sites } = dependencies;

  return async (request: FastifyRequest, reply: FastifyReply, uid: string, pass: Pass): Promise<FastifyReply> => {
    const site = sites.byId(pass.site);
    const interaction = await provider.interactionDetails(request.raw, reply.raw).catch(orNothing);
    // Another tab of this browser may have begun another login since.
    if (!site || interaction?.uid !== uid || interaction.params['client_id'] !== site.id) return plain(request, reply, 400, 'expired');
    await endOtherSession(interaction, pass.subject);
    await accounts.remember(pass, 2 * site.passTtlSeconds);

    const { subject, methods, provenAt } = pass;
    const grant = new provider.Grant({ accountId: subject, clientId: site.id });
    grant.addOIDCScope('openid profile');
    if (site.passCarriesEmail) grant.addOIDCScope('email');
    else grant.rejectOIDCScope('email');
    const login = { accountId: subject, amr: [...methods], acr: acrOf(methods), ts: Math.floor(provenAt.getTime() / 1000) };
    const consent = { grantId: await grant.save() };
    const returnTo = await provider.interactionResult(request.raw, reply.raw, { login, consent }, { mergeWithLastSubmission: false });
    return reply.redirect(returnTo, 303);
  };

  /** A browser has one session: somebody else, or the same visitor at another site, takes its place. */
  async function endOtherSession(interaction: InstanceType<Provider['Interaction']>, subject: string): Promise<void> {
    const { session } = interaction;
    if (session?.accountId === undefined || session.accountId === subject) return;
    await (await provider.Session.findByUid(session.uid))?.destroy();
    delete interaction.session;
    await interaction.save(interaction.exp - Math.floor(Date.now() / 1000));
  }
}

/** Not there any more is an answer; that it cannot be known is not. */
function orNothing(error: unknown): undefined {
  if (error instanceof Error && error.name === 'SessionNotFound') return undefined;
  throw error;
}
