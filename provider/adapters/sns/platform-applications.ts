import {
  CreatePlatformApplicationCommand,
  DeletePlatformApplicationCommand,
  InvalidParameterException,
  NotFoundException,
  SetPlatformApplicationAttributesCommand,
  type SNSClient,
} from '@aws-sdk/client-sns';

/** The members of an application that this adapter needs. */
type Application = {
  readonly platform: string;
  readonly name: string;
  readonly arn: string;
  readonly eventsTopicArn: string;
};
type Attributes = Readonly<Record<string, string>>;

/** SNS platform applications. CloudFormation has no resource for them. */
export class SnsPlatformApplications {
  readonly #sns: SNSClient;

  constructor(sns: SNSClient) {
    this.#sns = sns;
  }

  async apply(application: Application, credential: Attributes): Promise<'applied' | 'refused'> {
    const { eventsTopicArn } = application;
    const attributes = { ...credential, EventDeliveryFailure: eventsTopicArn, EventEndpointUpdated: eventsTopicArn };
    try {
      if (!(await this.#change(application.arn, attributes))) await this.#create(application, attributes);
      return 'applied';
    } catch (error) {
      if (error instanceof InvalidParameterException) return 'refused';
      throw error;
    }
  }

  async remove(arn: string): Promise<void> {
    await this.#sns.send(new DeletePlatformApplicationCommand({ PlatformApplicationArn: arn }));
  }

  /** Changes the application. False if it does not exist yet. */
  async #change(arn: string, attributes: Attributes): Promise<boolean> {
    try {
      await this.#sns.send(
        new SetPlatformApplicationAttributesCommand({ PlatformApplicationArn: arn, Attributes: { ...attributes } }),
      );
      return true;
    } catch (error) {
      if (error instanceof NotFoundException) return false;
      throw error;
    }
  }

  async #create({ name, platform, arn }: Application, attributes: Attributes): Promise<void> {
    const { PlatformApplicationArn } = await this.#sns.send(
      new CreatePlatformApplicationCommand({ Name: name, Platform: platform, Attributes: { ...attributes } }),
    );
    if (PlatformApplicationArn !== arn) throw new Error('SNS created the platform application under an unexpected ARN');
  }
}
