import * as v from 'valibot';

/** POST /devices */
export const enrolmentBody = v.strictObject({ enrolment: v.string() });
/** POST /device/requests/{request_id}/response */
export const responseBody = v.strictObject({ response: v.string() });
/** PUT /device/user-code */
export const userCodeBody = v.strictObject({ user_code: v.string() });
/** PATCH /devices/{device_id}. Its members are checked like the claims of an enrolment. */
export const deviceChangeBody = v.strictObject({ name: v.optional(v.string()), push_token: v.optional(v.string()) });
