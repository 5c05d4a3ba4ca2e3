import type { Check } from '../doctor/check.ts';
import { discovery } from '../doctor/discovery.ts';
import { pushPlatforms } from '../doctor/push-platforms.ts';
import { signingKeys } from '../doctor/signing-keys.ts';
import { alarmsRinging } from './alarms-ringing.ts';
import { deploymentNow } from './deployment-now.ts';
import { keyAges } from './key-ages.ts';
import { limits } from './limits.ts';
import { localCalls } from './local-calls.ts';
import { queues } from './queues.ts';
import { scheduledLogins } from './scheduled-logins.ts';

/** What `ciba status` shows of a deployment, in its order. */
export const STATUS_OF_STACK: readonly Check[] = [
  deploymentNow,
  alarmsRinging,
  scheduledLogins,
  keyAges,
  queues,
  limits,
  pushPlatforms,
];

/** What it shows of the local provider. */
export const STATUS_OF_LOCAL: readonly Check[] = [discovery, signingKeys, localCalls];
