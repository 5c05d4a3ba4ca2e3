import { answerCustomResource, isCustomResourceRequest } from '../../provider/edge/custom-resource/custom-resource.ts';
import { parseRefreshOrder } from '../../provider/edge/orders/refresh-order.ts';
import {
  applyPlatformApplication,
  arnOfApplication,
  refreshPlatformApplications,
} from '../../provider/flows/device/apply-platform-application.ts';
import { wire } from './wiring.ts';

/**
 * Not called over HTTP. It is the custom resource behind an SNS platform application. Operators call it with
 * `{"action": "refresh"}` after a push credential has changed, for all applications, or with `"platforms": ["GCM"]` for
 * some. A missing or refused credential causes a log line and an alarm, and the rest of the deployment continues. The
 * credential is read from its secret at run time, so that it is never in a template. Deleting the resource keeps the
 * application, unless it was deployed with `removeApplication`: with the application all its endpoints would be
 * deleted, and every phone would have to enrol again.
 */
const { ports, sendAnswer, logFailure } = wire();

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
    logFailure(platform, why);
    return { ok: true as const, id: arnOfApplication(ports, platform) };
  };
  return answerCustomResource(event, sendAnswer, apply, { whenFailed });
};
