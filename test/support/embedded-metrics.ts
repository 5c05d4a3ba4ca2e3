// Reads metrics from log lines as CloudWatch does, according to the specification of its embedded metric format:
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html

/** A log line, parsed. */
export type Line = Readonly<Record<string, unknown>>;
/** What a line tells CloudWatch: the namespace, the dimensions and the metrics. */
export type Directive = {
  readonly Namespace: string;
  readonly Dimensions: readonly (readonly string[])[];
  readonly Metrics: readonly { readonly Name: string; readonly Unit?: string }[];
};

const UNITS = ['Seconds', 'Microseconds', 'Milliseconds', 'Bytes', 'Percent', 'Count', 'None'];
/** The most bytes of one log event. */
const EVENT_LIMIT = 256 * 1024;

/** Returns the directives of a line, which are none if the line counts nothing. */
export function directivesOf(line: Line): readonly Directive[] {
  const { _aws: metadata } = line as { _aws?: { CloudWatchMetrics: readonly Directive[] } };
  return metadata?.CloudWatchMetrics ?? [];
}

/** Sums up the counts in lines, under `Name` or `Name{dimension=value}` in the order of the line. */
export function totalsOf(lines: readonly Line[]): Readonly<Record<string, number>> {
  const totals: Record<string, number> = {};
  for (const line of lines) {
    for (const name of namesIn(line)) totals[name.key] = (totals[name.key] ?? 0) + Number(line[name.member]);
  }
  return totals;
}

function namesIn(line: Line): readonly { key: string; member: string }[] {
  return directivesOf(line).flatMap(({ Dimensions, Metrics }) =>
    Dimensions.flatMap((set) => Metrics.map(({ Name }) => ({ key: Name + dimensionsText(line, set), member: Name }))),
  );
}

function dimensionsText(line: Line, set: readonly string[]): string {
  return set.length === 0 ? '' : `{${set.map((name) => `${name}=${line[name]}`).join(',')}}`;
}

/** Returns the rules of the format that a written line breaks. A line without metrics breaks none. */
export function violationsIn(written: string): readonly string[] {
  const line = JSON.parse(written) as Line;
  const { _aws: metadata } = line as { _aws?: Record<string, unknown> };
  if (metadata === undefined) return [];
  const { Timestamp, CloudWatchMetrics, ...more } = metadata;
  const directives = CloudWatchMetrics as readonly Record<string, unknown>[];
  return [
    ...broken('the line is one event', !written.includes('\n') && Buffer.byteLength(written) <= EVENT_LIMIT),
    ...broken('Timestamp is whole milliseconds', Number.isInteger(Timestamp) && Number(Timestamp) > 1e12),
    ...broken('the metadata has no further member', Object.keys(more).length === 0),
    ...broken('there are directives', Array.isArray(CloudWatchMetrics) && CloudWatchMetrics.length > 0),
    ...directives.flatMap((directive) => violationsOf(directive, line)),
  ];
}

function violationsOf({ Namespace, Dimensions, Metrics, ...more }: Record<string, unknown>, line: Line): string[] {
  const sets = Dimensions as readonly (readonly string[])[];
  const metrics = Metrics as readonly Record<string, unknown>[];
  return [
    ...broken('Namespace is a name', typeof Namespace === 'string' && /^[A-Za-z0-9._/#:-]{1,255}$/.test(Namespace)),
    ...broken('a directive has no further member', Object.keys(more).length === 0),
    ...broken('there is a set of dimensions', Array.isArray(Dimensions) && sets.length > 0),
    ...broken('there are 1 to 100 metrics', Array.isArray(Metrics) && metrics.length > 0 && metrics.length <= 100),
    ...sets.flatMap((set) => violationsOfDimensions(set, line)),
    ...metrics.flatMap((metric) => violationsOfMetric(metric, line)),
  ];
}

/** Checks a set of dimensions. An empty set is valid: it is the metric without dimensions. */
function violationsOfDimensions(set: readonly string[], line: Line): string[] {
  return [
    ...broken('a set has at most 30 dimensions, each once', set.length <= 30 && new Set(set).size === set.length),
    ...set.flatMap((name) => [
      ...broken(`the dimension ${name} has a name`, /^[^\s:][\x20-\x7E]{0,249}$/.test(name)),
      ...broken(`the dimension ${name} is text in the line`, isText(line[name])),
    ]),
  ];
}

function violationsOfMetric({ Name, Unit, ...more }: Record<string, unknown>, line: Line): string[] {
  const name = String(Name);
  return [
    ...broken(`${name} has a name`, typeof Name === 'string' && /^[\x20-\x7E]{1,255}$/.test(name)),
    ...broken(`${name} has a unit that there is`, Unit === undefined || UNITS.includes(String(Unit))),
    ...broken(`${name} has no further member`, Object.keys(more).length === 0),
    ...broken(`${name} is one number in the line`, typeof line[name] === 'number' && Number.isFinite(line[name])),
  ];
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && /^[\x20-\x7E]{1,1024}$/.test(value) && value.trim() !== '';
}

function broken(rule: string, holds: boolean): string[] {
  return holds ? [] : [`not so: ${rule}`];
}
