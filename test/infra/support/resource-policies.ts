import { denies, type RecordedCall } from './recorded-calls.ts';
import type { Synthesized, Value } from './synthesized.ts';

const ACCOUNT = 'arn:aws:iam::000000000000';
/** Principals that are none of the deployment. */
export const others = {
  administrator: `${ACCOUNT}:role/Administrator`,
  'a user with all rights': `${ACCOUNT}:user/power`,
  'the root user': `${ACCOUNT}:root`,
  'another account': 'arn:aws:iam::999999999999:role/Administrator',
} as const;

/** The policies of the KMS key and of the table Directory, as AWS would evaluate them. */
export class ResourcePolicies {
  readonly key: Value[];
  readonly table: Value[];
  readonly #template: Synthesized;

  constructor(template: Synthesized) {
    this.#template = template;
    const { SigningKmsKey, DirectoryTable } = template.data.Resources;
    this.key = SigningKmsKey?.Properties.KeyPolicy.Statement;
    // A table without a policy denies nothing.
    this.table = DirectoryTable?.Properties.Replicas[0].ResourcePolicy?.PolicyDocument.Statement ?? [];
  }

  /** The ARN that the role of a function gets, which is also the `aws:PrincipalArn` of its sessions. */
  roleOf(name: string): string {
    return roleArn(this.#template.function(name).Properties.Role['Fn::GetAtt'][0]);
  }

  get recoveryRole(): string {
    return this.#resolve(this.#template.main.Outputs?.['RecoveryRole']?.Value);
  }

  /** Whether a call to AWS by this principal is denied by the resource that it is about. */
  isDenied(call: RecordedCall, principal: string | undefined): boolean {
    const context = { ...call.context, ...(principal !== undefined && { 'aws:PrincipalArn': [principal] }) };
    const policy = call.action.startsWith('kms:') ? this.key : this.table;
    return policy.some((statement) => denies(statement, { ...call, context }, (value) => this.#resolve(value)));
  }

  /** Statements with the ARNs of roles in the place of references to them. */
  resolved(value: Value): Value {
    if (Array.isArray(value)) return value.map((one) => this.resolved(one));
    if (typeof value !== 'object' || value['Fn::Join']) return value;
    if (value.Ref || value['Fn::GetAtt']) return this.#resolve(value);
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, this.resolved(one)]));
  }

  /** A literal, or the ARN of a role: by `Fn::GetAtt`, or by a parameter of the nested stack. */
  #resolve(value: Value): string {
    if (typeof value === 'string') return value;
    const attribute = value['Fn::GetAtt'] ?? this.#parameter(value.Ref)['Fn::GetAtt'];
    if (this.#template.main.Resources[attribute[0]]?.Type !== 'AWS::IAM::Role' || attribute[1] !== 'Arn')
      throw new Error(`no rule for ${JSON.stringify(value)}`);
    return roleArn(attribute[0]);
  }

  #parameter(name: string): Value {
    const [nested] = this.#template.all('AWS::CloudFormation::Stack');
    return nested?.Properties.Parameters[name];
  }
}

function roleArn(logicalId: string): string {
  return `${ACCOUNT}:role/${logicalId}`;
}
