/** The options that every command has, as typed. */
export type Globals = {
  readonly url: string | undefined;
  readonly stack: string | undefined;
  readonly context: string | undefined;
  readonly region: string | undefined;
  readonly profile: string | undefined;
  readonly ca: string | undefined;
  readonly json: boolean;
};
