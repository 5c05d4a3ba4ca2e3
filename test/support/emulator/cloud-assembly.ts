import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { TEMPLATE_CHANGES, type TemplateChange, type TemplateResource } from './concessions.ts';

type Template = { readonly Resources: Readonly<Record<string, TemplateResource>> };

/**
 * Makes the changes to the templates of a cloud assembly (the output of `cdk synth`) that the emulator needs. Returns
 * those that a resource needed.
 */
export function changeTemplates(assembly: string): readonly TemplateChange[] {
  const files = readdirSync(assembly).filter((name) => name.endsWith('.template.json'));
  if (files.length === 0) throw new Error(`${assembly} has no templates`);
  const made = new Set<TemplateChange>();
  for (const name of files) {
    const file = join(assembly, name);
    const { template, changes } = changeTemplate(JSON.parse(readFileSync(file, 'utf8')) as Template);
    for (const change of changes) made.add(change);
    writeFileSync(file, JSON.stringify(template));
  }
  return TEMPLATE_CHANGES.filter((change) => made.has(change));
}

/** Changes one template. Nothing waits for a resource that was taken out. */
function changeTemplate(template: Template): { template: Template; changes: readonly TemplateChange[] } {
  const changes: TemplateChange[] = [];
  const changed = Object.entries(template.Resources).map(([id, resource]) => {
    const change = TEMPLATE_CHANGES.find(({ isFor }) => isFor(resource));
    if (change) changes.push(change);
    return [id, change ? change.change(resource) : resource] as const;
  });
  const kept = changed.flatMap(([id, resource]) => (resource === undefined ? [] : [[id, resource] as const]));
  const ids = new Set(kept.map(([id]) => id));
  const resources = kept.map(([id, resource]) => [id, waitingFor(ids, resource)] as const);
  return { template: { ...template, Resources: Object.fromEntries(resources) }, changes };
}

function waitingFor(ids: ReadonlySet<string>, resource: TemplateResource): TemplateResource {
  const { DependsOn } = resource;
  return typeof DependsOn === 'object' ? { ...resource, DependsOn: DependsOn.filter((id) => ids.has(id)) } : resource;
}
