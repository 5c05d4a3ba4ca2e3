import { Fn, Stack, Stage, Token } from 'aws-cdk-lib';
import type { DomainName } from 'aws-cdk-lib/aws-apigatewayv2';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { TRUSTSTORE_KEY } from '../../provider/core/operating/origin-certificate.ts';
import type { Deployment } from '../deployment.ts';
import { deploymentNameOf, outputPrefixOf } from '../deployment-name.ts';
import type { ProviderFunction } from '../functions/provider-function.ts';
import type { ShieldSettings } from '../settings/provider-settings.ts';
import { ShieldDistribution } from './distribution.ts';
import { OriginCertificate } from './origin-certificate.ts';
import { CLOUDFRONT_REGION, WEB_ACL_OUTPUT, WebAclStack } from './web-acl-stack.ts';

type ShieldConstructProps = Pick<Deployment, 'settings' | 'alarms' | 'deadLetters'> & {
  readonly shield: ShieldSettings;
  /** The name of the provider, of CloudFront and of the API alike. */
  readonly host: string;
};

/** CloudFront with a web ACL before the API, and the certificate without which the API answers nobody. */
export class Shield extends Construct {
  /** The function that looks after the certificate. */
  readonly handler: ProviderFunction;
  readonly #props: ShieldConstructProps;
  readonly #certificate: OriginCertificate;
  readonly #webAclArn: string;

  constructor(scope: Construct, id: string, props: ShieldConstructProps) {
    super(scope, id);
    this.#props = props;
    this.#webAclArn = this.#makeWebAcl(props);
    this.#certificate = new OriginCertificate(this, 'OriginCertificate', props);
    this.handler = this.#certificate.handler;
  }

  /**
   * What the API's name demands: a certificate of an authority in the list. Undefined while the origin is open. No
   * version is named, so that a later deployment does not make the API trust a former list.
   */
  get mutualTls(): { bucket: IBucket; key: string } | undefined {
    if (this.#props.shield.origin === 'open') return undefined;
    return { bucket: this.#certificate.truststore as IBucket, key: TRUSTSTORE_KEY };
  }

  /** Puts CloudFront before the API's name, which must wait for the list that it trusts. */
  cover(name: DomainName): ShieldDistribution {
    name.node.addDependency(this.#certificate.resource);
    return new ShieldDistribution(this, 'CloudFront', {
      shield: this.#props.shield,
      host: this.#props.host,
      originHost: name.regionalDomainName,
      webAclArn: this.#webAclArn,
      originCertificateArn: this.#certificate.arn,
    });
  }

  /**
   * Makes the web ACL in a stack beside this one, and returns its ARN, which CloudFormation looks up in the outputs of
   * that stack. So both places must be known.
   */
  #makeWebAcl({ settings, shield }: ShieldConstructProps): string {
    const stack = Stack.of(this);
    const name = deploymentNameOf(this);
    const stage = Stage.of(this);
    if (!stage || Token.isUnresolved(stack.account) || Token.isUnresolved(stack.region))
      throw new Error(
        `give the stack ${stack.stackName} an account and a region: "shield" adds a stack in another one`,
      );
    const webAcl = new WebAclStack(
      stage,
      `${[stack.node.id, outputPrefixOf(this)].filter((part) => part !== '').join('-')}-shield`,
      {
        settings,
        shield,
        of: name,
        stackName: `${name}-shield`,
        env: { account: stack.account, region: CLOUDFRONT_REGION },
        ...(stack.terminationProtection !== undefined && { terminationProtection: stack.terminationProtection }),
      },
    );
    stack.addStackDependency(webAcl, 'CloudFront names the web ACL');
    return Fn.getStackOutput(webAcl.stackName, WEB_ACL_OUTPUT, CLOUDFRONT_REGION).toString();
  }
}
