/** The code of a function in a version. */
export type FunctionDigest = {
  /** The SHA-256 of its zip, in hexadecimal digits. */
  readonly sha256: string;
  /** The same in base64, as Lambda has it in `CodeSha256`. */
  readonly codeSha256: string;
  /** The size of the zip. */
  readonly bytes: number;
};

/** The functions of a version by their names, which tell whether what is deployed is that version. */
export type FunctionManifest = {
  /** The version of the packages, such as `1.2.3`. */
  readonly version: string;
  readonly functions: Readonly<Record<string, FunctionDigest>>;
};
