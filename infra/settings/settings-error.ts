/** An error in the settings or in the properties. Its message is one sentence that says what to change. */
export class SettingsError extends Error {}
