/** Returns the tags of a stage: its name as `Stage`, unless the settings have a tag of that name. */
export function tagsOfStage(stage: string, own: Readonly<Record<string, string>> = {}): Record<string, string> {
  const named = Object.keys(own).some((name) => name.toLowerCase() === 'stage');
  return named ? { ...own } : { Stage: stage, ...own };
}
