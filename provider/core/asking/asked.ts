/**
 * What a client asks the user to grant, as the user is shown it. It is stored with the frozen details and travels from
 * there into the grant. Polls neither read nor write it.
 */
export type Asked = {
  readonly clientId: string;
  readonly scopes: readonly string[];
  readonly audience: readonly string[];
};
