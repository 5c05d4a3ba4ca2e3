import { ArnFormat, CustomResource, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Rule, RuleTargetInput, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as LambdaTarget } from 'aws-cdk-lib/aws-events-targets';
import { AnyPrincipal, Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { BlockPublicAccess, Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { ORIGIN_CERTIFICATE_TAG, TRUSTSTORE_KEY } from '../../provider/core/operating/origin-certificate.ts';
import type { Deployment } from '../deployment.ts';
import { deploymentNameOf } from '../deployment-name.ts';
import { deploymentFunctions } from '../functions/deployed-functions.ts';
import { environmentOf } from '../functions/environment.ts';
import { ProviderFunction } from '../functions/provider-function.ts';
import { acknowledge } from '../nag.ts';
import { addOriginCertificateAlarms } from '../observability/alarms/origin-certificate.ts';
import { metricsNamespaceOf } from '../observability/metrics.ts';
import { addOutputs } from '../outputs.ts';
import type { ShieldSettings } from '../settings/provider-settings.ts';
import { CLOUDFRONT_REGION } from './web-acl-stack.ts';

type OriginCertificateProps = Pick<Deployment, 'settings' | 'alarms' | 'deadLetters'> & {
  /** The API's own name, which demands the certificate. */
  readonly host: string;
  readonly shield: ShieldSettings;
};

/**
 * The certificate by which CloudFront proves itself to the API, the list of authorities that the API trusts, and the
 * function that makes and renews both. The private key goes from the function's memory into ACM, which never gives it
 * back.
 */
export class OriginCertificate extends Construct {
  /** The ARN of the certificate. It stays when the certificate is renewed. */
  readonly arn: string;
  /** The resource that makes the first certificate, and the list of authorities with it. */
  readonly resource: CustomResource;
  readonly truststore: Bucket;
  readonly handler: ProviderFunction;

  constructor(scope: Construct, id: string, props: OriginCertificateProps) {
    super(scope, id);
    this.truststore = this.#bucket();
    this.handler = this.#function(props);
    this.#denyOtherWriters();
    this.resource = new CustomResource(this, 'Certificate', {
      resourceType: 'Custom::OriginCertificate',
      serviceToken: this.handler.lambda.functionArn,
      // Longer than the function may run, so that CloudFormation gets its answer.
      serviceTimeout: Duration.seconds(deploymentFunctions['origin-certificate'].timeoutSeconds + 60),
      properties: { host: props.host, bucket: this.truststore.bucketName },
    });
    // Permissions are separate resources, which CloudFormation would not wait for.
    this.resource.node.addDependency(this.handler.role, this.truststore);
    this.arn = this.resource.ref;
    this.#schedule(props);
    addOriginCertificateAlarms(props.alarms, this.handler);
    addOutputs(this, { OriginCertificate: this.arn, OriginCertificateFunction: this.handler.alias.functionArn });
  }

  #bucket(): Bucket {
    const bucket = new Bucket(this, 'Truststore', {
      encryption: BucketEncryption.S3_MANAGED,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      versioned: true,
      // API Gateway reads a version when it is told to, and keeps what it read.
      lifecycleRules: [{ noncurrentVersionExpiration: Duration.days(90) }],
      // CloudFormation cannot delete a bucket with objects. It holds public certificates alone.
      removalPolicy: RemovalPolicy.RETAIN,
    });
    acknowledge(bucket, {
      'AwsSolutions-S1': 'One small object with public certificates, which its bucket policy lets one function write.',
    });
    return bucket;
  }

  #function({ settings, host, shield }: OriginCertificateProps): ProviderFunction {
    const spec = deploymentFunctions['origin-certificate'];
    const values = {
      ORIGIN_HOST: host,
      TRUSTSTORE_BUCKET: this.truststore.bucketName,
      CERTIFICATE_OWNER: deploymentNameOf(this),
      VIEWER_CERTIFICATE: shield.certificateArn,
      METRICS_NAMESPACE: metricsNamespaceOf(this),
    };
    return new ProviderFunction(this, {
      name: 'origin-certificate',
      spec,
      settings,
      environment: environmentOf(spec, values),
      statements: [...this.#onCertificates(shield), ...this.#onTruststore(), ...this.#onName(host)],
      wildcardReason: 'ACM chooses the ids of certificates. A condition limits the role to those with its own tag.',
    });
  }

  /**
   * Allows the function to make certificates with its own tag, and to replace, read and delete only such. Of the one that
   * callers see it reads the public part.
   */
  #onCertificates({ certificateArn }: ShieldSettings): PolicyStatement[] {
    const stack = Stack.of(this);
    const certificates = stack.formatArn({
      service: 'acm',
      region: CLOUDFRONT_REGION,
      resource: 'certificate',
      resourceName: '*',
    });
    const when = (key: string) => ({
      StringEquals: { [`aws:${key}/${ORIGIN_CERTIFICATE_TAG}`]: deploymentNameOf(this) },
    });
    return [
      new PolicyStatement({
        actions: ['acm:ImportCertificate', 'acm:AddTagsToCertificate'],
        resources: [certificates],
        conditions: when('RequestTag'),
      }),
      new PolicyStatement({
        actions: ['acm:ImportCertificate', 'acm:GetCertificate', 'acm:DeleteCertificate'],
        resources: [certificates],
        conditions: when('ResourceTag'),
      }),
      new PolicyStatement({ actions: ['acm:GetCertificate'], resources: [certificateArn] }),
    ];
  }

  /** API Gateway reads a version of the list with the rights of whoever tells it to. */
  #onTruststore(): PolicyStatement[] {
    return [
      new PolicyStatement({
        actions: ['s3:GetObject', 's3:GetObjectVersion', 's3:PutObject'],
        resources: [this.truststore.arnForObjects(TRUSTSTORE_KEY)],
      }),
      // Only who may list is told that there is no list yet.
      new PolicyStatement({ actions: ['s3:ListBucket'], resources: [this.truststore.bucketArn] }),
    ];
  }

  #onName(host: string): PolicyStatement[] {
    const name = Stack.of(this).formatArn({
      service: 'apigateway',
      account: '',
      resource: '/domainnames',
      resourceName: host,
      arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
    });
    return [
      new PolicyStatement({
        actions: [
          'apigateway:GET',
          'apigateway:PATCH',
          // API Gateway asks for these two besides, because they decide who is let in.
          'apigateway:AddCertificateToDomain',
          'apigateway:RemoveCertificateFromDomain',
        ],
        resources: [name],
      }),
    ];
  }

  /** Denies everybody else to write the list, administrators included: whoever is on it gets around the shield. */
  #denyOtherWriters(): void {
    this.truststore.addToResourcePolicy(
      new PolicyStatement({
        sid: 'OnlyItsFunctionWrites',
        effect: Effect.DENY,
        principals: [new AnyPrincipal()],
        actions: ['s3:PutObject'],
        resources: [this.truststore.arnForObjects('*')],
        conditions: { ArnNotEquals: { 'aws:PrincipalArn': this.handler.role.roleArn } },
      }),
    );
  }

  /** A run does only what is due, so extra runs change nothing and the next run makes up for a missed one. */
  #schedule({ deadLetters }: OriginCertificateProps): void {
    new Rule(this, 'Schedule', {
      description: 'Renews the certificate of CloudFront when it is due',
      schedule: Schedule.rate(Duration.hours(12)),
      targets: [
        new LambdaTarget(this.handler.live, {
          event: RuleTargetInput.fromObject({ action: 'renew', certificate: this.arn }),
          deadLetterQueue: deadLetters,
          retryAttempts: 1,
          maxEventAge: Duration.hours(2),
        }),
      ],
    });
    this.handler.alias.configureAsyncInvoke({ retryAttempts: 1, maxEventAge: Duration.hours(2) });
    acknowledge(this.handler, {
      'Serverless-LambdaAsyncFailureDestination':
        'The alarm origin-certificate-failed reports a run that failed, and the next one makes up for it.',
    });
  }
}
