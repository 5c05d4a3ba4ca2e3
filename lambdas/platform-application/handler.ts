import { answerCustomResource, isCustomResourceRequest } from '../../provider/edge/custom-resource/custom-resource.ts';
import { parseRefreshOrder } from '../../provider/edge/orders/refresh-order.ts';
import {
  applyPlatformApplication,
  arnOfApplication,
  refreshPlatformApplications,
} from '../../provider/flows/device/apply-platform-application.ts';
import { wire } from './wiring.ts';

/**
 * Not an HTTP function: the custom resource behind an SNS platform application, and `{"action": "refresh"}` from an
 * operator after a push credential has changed, for all or with `"platforms": ["GCM"]` for some. A credential that is
 * missing or refused is told by a log line and its alarm; the rest of the deployment goes on. Reads the credential
 * from its secret at run time, so that it is never in a template. Deleting the resource leaves the application, unless
 * it was deployed with `removeApplication`: with the application all endpoints would go, and every phone would have to
 * enrol again.
 */
const { ports, sendAnswer, tell } = wire();

export const handler = async (event: unknown): Promise<unknown> => {
  if (!isCustomResourceRequest(event)) return refreshPlatformApplications(ports, parseRefreshOrder(event));
  const { RequestType, PhysicalResourceId, ResourceProperties } = event;
  const { removeApplication } = ResourceProperties;
  const platform = String(ResourceProperties['platform']);
  if (RequestType === 'Delete') {
    return answerCustomResource(event, sendAnswer, async () => {
      const id = PhysicalResourceId ?? 'none';
      if (removeApplication === 'true' && id.startsWith('arn:')) await ports.platforms.remove(id);
      return { ok: true, id };
    });
  }
  const apply = async () => {
    const applied = await applyPlatformApplication(ports, platform);
    return applied.ok ? { ok: true as const, id: applied.arn } : applied;
  };
  const whenFailed = (why: string) => {
    tell(platform, why);
    return { ok: true as const, id: arnOfApplication(ports, platform) };
  };
  return answerCustomResource(event, sendAnswer, apply, { whenFailed });
};
