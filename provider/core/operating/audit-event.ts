import type { ChangedMember } from '../member-change.ts';

/** The record of a security decision. The audit trail keeps these records apart from the logs. */
export type AuditEvent =
  | {
      readonly event: 'decision_evidence';
      readonly requestId: string;
      readonly sub: string;
      /** The profile whose evidence key opens `sealed`. */
      readonly profileId: string;
      readonly deviceId: string;
      readonly clientId: string;
      /** Signed answer, bytes and public key (`core/person/evidence-key.ts`), sealed with the key of the person. */
      readonly sealed: string;
    }
  | {
      readonly event: 'decision_recorded';
      readonly requestId: string;
      readonly sub: string;
      readonly deviceId: string;
      readonly outcome: string;
      readonly decision: string;
      readonly reason?: string | undefined;
    }
  | {
      /** A client reaches this person no more, because they reported this request as fraud. `by` is the device. */
      readonly event: 'client_blocked';
      readonly requestId: string;
      readonly sub: string;
      readonly clientId: string;
      readonly by: string;
    }
  | {
      /** An operator ended the block or the pause of a client for this person. */
      readonly event: 'client_unblocked';
      readonly sub: string;
      readonly clientId: string;
      readonly by: string;
    }
  | {
      readonly event: 'tokens_issued';
      /** The `jti` of the access token. */
      readonly jti: string;
      /** The request that the user approved. Absent for a grant that does not come from a request. */
      readonly requestId?: string | undefined;
      readonly sub: string;
      readonly clientId: string;
    }
  | {
      /** A client revoked an access token of its own. */
      readonly event: 'token_revoked';
      readonly jti: string;
      readonly sub: string;
      readonly clientId: string;
    }
  | {
      /** A client withdrew its own request. `wasApproved`: a device had approved it, and no tokens were issued. */
      readonly event: 'request_withdrawn';
      readonly requestId: string;
      readonly sub: string;
      readonly clientId: string;
      readonly wasApproved: boolean;
    }
  | {
      /** A wrong number was entered: on this device, or else by the client. The number itself is in no record. */
      readonly event: 'wrong_number';
      readonly requestId: string;
      readonly sub: string;
      readonly clientId: string;
      readonly deviceId?: string | undefined;
      /** How many attempts are left. With 0 the request has failed. */
      readonly attemptsLeft: number;
    }
  | {
      /** The client entered the number that a device had shown, and the approval counts from then on. */
      readonly event: 'number_matched';
      readonly requestId: string;
      readonly sub: string;
      readonly clientId: string;
    }
  | {
      /** The approval gave no tokens, because it was taken back before the client redeemed it. */
      readonly event: 'approval_taken_back';
      readonly requestId: string;
      readonly sub: string;
      readonly clientId: string;
      readonly because: string;
    }
  | {
      readonly event: 'device_updated';
      readonly sub: string;
      readonly deviceId: string;
      readonly changed: readonly ChangedMember[];
      readonly by: string;
    }
  | {
      readonly event: 'device_enrolled' | 'device_unreachable' | 'device_removed';
      readonly sub: string;
      readonly deviceId: string;
      readonly by: string;
    }
  | {
      readonly event: 'client_created' | 'client_updated';
      readonly clientId: string;
      readonly changed: readonly ChangedMember[];
      readonly by: string;
    }
  | { readonly event: 'client_removed'; readonly clientId: string; readonly by: string }
  | {
      readonly event: 'user_created' | 'user_updated';
      readonly sub: string;
      readonly changed: readonly ChangedMember[];
      readonly by: string;
    }
  | {
      readonly event: 'user_removed' | 'user_exported' | 'evidence_keys_read' | 'ticket_created' | 'ticket_ended';
      readonly sub: string;
      readonly by: string;
    }
  | {
      /** Clients need this code from then on; or need none any more. The code itself is in no record. */
      readonly event: 'user_code_set' | 'user_code_removed';
      readonly sub: string;
      /** The phone that set it, if a phone did. */
      readonly deviceId?: string | undefined;
      readonly by: string;
    }
  | {
      readonly event: 'user_erased';
      readonly sub: string;
      /** The profile of the user; or if there was none, those of earlier persons with the subject. */
      readonly profileIds: readonly string[];
      readonly by: string;
    }
  | {
      readonly event: 'log_level_changed';
      readonly level: string;
      /** The end of the level, in epoch seconds, if it has one. */
      readonly until?: number | undefined;
      readonly by: string;
    }
  | {
      readonly event:
        | 'signing_key_created'
        | 'signing_key_activated'
        | 'signing_key_retired'
        | 'signing_key_removed'
        | 'signing_key_public_half_deleted'
        | 'signing_key_revoked';
      readonly kid: string;
      readonly algorithm: string;
      readonly by: string;
    }
  | {
      /** A key that seals tokens of clients in push mode until they are delivered. */
      readonly event: 'delivery_key_created' | 'delivery_key_removed';
      readonly kid: string;
      readonly by: string;
    };
