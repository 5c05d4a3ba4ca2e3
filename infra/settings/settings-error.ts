/** An error in the settings. Its message is one sentence that says what to change. */
export class SettingsError extends Error {}
