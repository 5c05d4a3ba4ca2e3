import { wirePlatformApplication } from './adapters/wiring.ts';
import { applyPlatformApplication, refreshPlatformApplications } from './flows/apply-platform-application.ts';
import { answerCustomResource, isCustomResourceRequest } from './http/custom-resource.ts';
import { parseRefreshOrder } from './http/refresh-order.ts';

/**
 * Not an HTTP function: the custom resource behind an SNS platform application, and `{"action": "refresh"}` from an
 * operator after a push credential has changed, for all or with `"platforms": ["GCM"]` for some. Reads the credential
 * from its secret at run time, so that it is never in a template. Deleting the resource leaves the application, unless
 * it was deployed with `removeApplication`: with the application all endpoints would go, and every phone would have to
 * enrol again.
 */
const { ports, sendAnswer } = wirePlatformApplication();

export const handler = async (event: unknown): Promise<unknown> => {
  if (!isCustomResourceRequest(event)) return refreshPlatformApplications(ports, parseRefreshOrder(event));
  return answerCustomResource(event, sendAnswer, async ({ RequestType, ...request }) => {
    const { platform, removeApplication } = request.ResourceProperties;
    if (RequestType !== 'Delete') {
      const applied = await applyPlatformApplication(ports, String(platform));
      return applied.ok ? { ok: true, id: applied.arn } : applied;
    }
    const id = request.PhysicalResourceId ?? 'none';
    if (removeApplication === 'true' && id.startsWith('arn:')) await ports.platforms.remove(id);
    return { ok: true, id };
  });
};
