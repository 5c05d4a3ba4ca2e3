import { ArnFormat, Stack, type StackProps } from 'aws-cdk-lib';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { CfnIPSet, CfnLoggingConfiguration, CfnWebACL } from 'aws-cdk-lib/aws-wafv2';
import type { Construct } from 'constructs';
import { logRetentionDaysOf, removalPolicyOf } from '../data/retention.ts';
import { addOutputs } from '../outputs.ts';
import type { ProviderSettings, ShieldSettings } from '../settings/provider-settings.ts';
import { tagEverything } from '../tags.ts';
import { RESPONSE_BODIES, rulesFor, visibleAs } from './web-acl-rules.ts';

/** Web ACLs of CloudFront exist in this region alone. */
export const CLOUDFRONT_REGION = 'us-east-1';
/** The output with the ARN of the web ACL. */
export const WEB_ACL_OUTPUT = 'WebAcl';
/** Headers that may carry a credential. The log has none of them. */
const SECRET_HEADERS = ['authorization', 'cookie', 'dpop', 'x-amz-security-token'];

type WebAclStackProps = StackProps & {
  readonly settings: ProviderSettings;
  readonly shield: ShieldSettings;
  /** The name of the stack with the API. */
  readonly of: string;
};

/** A stack in us-east-1 with the web ACL of the shield and its log. */
export class WebAclStack extends Stack {
  constructor(scope: Construct, id: string, { settings, shield, of, ...props }: WebAclStackProps) {
    super(scope, id, { ...props, description: 'Serverless CIBA: the web ACL before the API' });
    tagEverything(this, settings.tags);
    const acl = new CfnWebACL(this, 'Acl', {
      name: of,
      scope: 'CLOUDFRONT',
      defaultAction: { allow: {} },
      rules: rulesFor(shield, this.#knownBackends(of, shield)),
      customResponseBodies: { ...RESPONSE_BODIES },
      visibilityConfig: visibleAs('all'),
    });
    addOutputs(this, { [WEB_ACL_OUTPUT]: acl.attrArn });
    this.#log(acl, of, settings);
  }

  #knownBackends(of: string, { knownBackends = [] }: ShieldSettings): string | undefined {
    if (knownBackends.length === 0) return undefined;
    const set = new CfnIPSet(this, 'KnownBackends', {
      name: `${of}-known-backends`,
      scope: 'CLOUDFRONT',
      ipAddressVersion: 'IPV4',
      addresses: [...knownBackends],
    });
    return set.attrArn;
  }

  /** Logs calls that a rule blocked or counted, with the caller's address, but without path, query and credentials. */
  #log(acl: CfnWebACL, of: string, settings: ProviderSettings): void {
    const group = new LogGroup(this, 'Log', {
      // AWS WAF accepts no other beginning.
      logGroupName: `aws-waf-logs-${of}`,
      retention: logRetentionDaysOf(settings),
      removalPolicy: removalPolicyOf(settings),
    });
    const matched = ['BLOCK', 'COUNT', 'EXCLUDED_AS_COUNT'].map((Action) => ({ ActionCondition: { Action } }));
    new CfnLoggingConfiguration(this, 'Logging', {
      resourceArn: acl.attrArn,
      // AWS WAF refuses the ARN with the asterisk at its end.
      logDestinationConfigs: [
        this.formatArn({
          service: 'logs',
          resource: 'log-group',
          arnFormat: ArnFormat.COLON_RESOURCE_NAME,
          resourceName: group.logGroupName,
        }),
      ],
      redactedFields: [
        { uriPath: {} },
        { queryString: {} },
        ...SECRET_HEADERS.map((Name) => ({ singleHeader: { Name } })),
      ],
      loggingFilter: {
        DefaultBehavior: 'DROP',
        Filters: [{ Behavior: 'KEEP', Requirement: 'MEETS_ANY', Conditions: matched }],
      },
    });
  }
}
