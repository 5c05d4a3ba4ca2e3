/**
 * The names (`Sid`) of the denials in the policies of the KMS key and of the table Directory, which leave the private
 * signing keys to the functions. The stack writes them, and `ciba doctor` looks whether they are still there.
 */
export const KEY_DENIALS = {
  kmsKey: {
    /** Nobody but the functions that sign may decrypt. */
    opening: 'OnlySigningFunctionsOpenKeys',
    /** Nobody but the rotation may make key pairs. */
    making: 'OnlyTheRotationMakesKeys',
    /** Nobody may use the key in another way, or grant its use. */
    otherUse: 'NoOtherUse',
  },
  directory: {
    /** Nobody but the functions that sign, and the role that restores, may read private halves. */
    reading: 'OnlySigningFunctionsReadPrivateKeys',
    /** Nobody but the rotation may write either half. */
    writing: 'OnlyTheRotationWritesKeys',
    /** Nobody but the role that restores may take items without naming their keys. */
    takingAll: 'OnlyRecoveryTakesEverything',
  },
} as const;
