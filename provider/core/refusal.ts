import { type AskingRefusal, askingWording } from './asking/refusals.ts';
import { type ClientRefusal, clientWording } from './client/refusals.ts';
import { type DecidingRefusal, decidingWording } from './deciding/refusals.ts';
import { type DeviceRefusal, deviceWording } from './device/refusals.ts';
import { type DiscoveryRefusal, discoveryWording } from './discovery/refusals.ts';
import { type OperatingRefusal, operatingWording } from './operating/refusals.ts';
import type { Wording, Wordings } from './refusal-wording.ts';
import { type ShapeRefusal, shapeWording } from './shape-refusals.ts';
import { type TokenRefusal, tokenWording } from './token/refusals.ts';

/**
 * Every way in which the protocol refuses, with its evidence. The reason is for logs and tests. The `refusals.ts` of
 * each room defines what the caller receives for it. Several reasons share one wording where the difference would help
 * an attacker.
 */
export type Refusal =
  | ShapeRefusal
  | ClientRefusal
  | AskingRefusal
  | TokenRefusal
  | DeviceRefusal
  | DecidingRefusal
  | DiscoveryRefusal
  | OperatingRefusal;

/** The reasons, for exhaustive tables. */
export type RefusalReason = Refusal['reason'];

const wordings: Wordings<Refusal> = {
  ...shapeWording,
  ...clientWording,
  ...askingWording,
  ...tokenWording,
  ...deviceWording,
  ...decidingWording,
  ...discoveryWording,
  ...operatingWording,
};

/** Returns every reason. */
export function refusalReasons(): readonly RefusalReason[] {
  return Object.keys(wordings) as RefusalReason[];
}

/** Returns what the caller receives for a refusal. */
export function wordingOf<Reason extends RefusalReason>(refusal: Extract<Refusal, { reason: Reason }>): Wording {
  return wordings[refusal.reason](refusal);
}
