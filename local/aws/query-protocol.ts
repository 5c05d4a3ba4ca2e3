import type { AwsAnswer, AwsCall } from './server.ts';

/** The form fields of a call in AWS's Query protocol. An absent text is empty. */
export type Fields = {
  text(name: string): string;
  /** Reads a map, which is written as `Attributes.entry.1.key=…&Attributes.entry.1.value=…`. */
  map(prefix: string, key: string, value: string): Record<string, string>;
};

/** Reads the fields of a call. */
export function fieldsOf({ input }: AwsCall): Fields {
  const text = (name: string) => String(input[name] ?? '');
  const map = (prefix: string, key: string, value: string) => {
    const entries: [string, string][] = [];
    for (let index = 1; `${prefix}.${index}.${key}` in input; index += 1) {
      entries.push([text(`${prefix}.${index}.${key}`), text(`${prefix}.${index}.${value}`)]);
    }
    return Object.fromEntries(entries);
  };
  return { text, map };
}

/** Makes the XML of a map in an answer. */
export function mapXml(map: Readonly<Record<string, string>>): string {
  return Object.entries(map)
    .map(([key, value]) => `<entry><key>${key}</key><value>${escapeXml(value)}</value></entry>`)
    .join('');
}

/** Makes an answer in XML. */
export function xmlAnswer(status: number, body: string): AwsAnswer {
  return { status, headers: { 'content-type': 'text/xml' }, body };
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
