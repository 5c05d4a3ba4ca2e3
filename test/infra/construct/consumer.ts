import { App, type AppProps, Stack, type StackProps } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { CibaProvider, type CibaProviderProps } from '../../../infra/index.ts';

/** A CDK app of a team that uses the construct: no feature flags, no policy checks, a stack of its own. */
export type Consumer = { readonly app: App; readonly stack: Stack };

/** Makes the app. Assets are not copied, so that a synthesis writes little. */
export function consumer(props: StackProps = {}, { context, ...app }: AppProps = {}): Consumer {
  const made = new App({ ...app, context: { 'aws:cdk:disable-asset-staging': true, ...context } });
  return { app: made, stack: new Stack(made, 'logins', props) };
}

/** Adds a provider that is quick to synthesise: without a synthetic login and without canaries. */
export function provider(stack: Stack, id = 'Ciba', props: CibaProviderProps = {}): CibaProvider {
  return new CibaProvider(stack, id, { syntheticLogin: 'off', deployment: 'allAtOnce', ...props });
}

export type Resource = { Type: string; Properties: Record<string, unknown>; DeletionPolicy?: string };
export type Written = {
  readonly Resources: Readonly<Record<string, Resource>>;
  readonly Outputs: Readonly<Record<string, { readonly Value: unknown }>>;
};

/** Returns the template of a stack. */
export function templateOf(stack: Stack): Written {
  const { Resources = {}, Outputs = {} } = Template.fromStack(stack).toJSON();
  return { Resources, Outputs };
}

/** Returns the nested stack with the tables of a provider. */
export function dataOf(made: CibaProvider): Stack {
  return Stack.of(made.signingKmsKey);
}

/** Returns all resources of a type. */
export function all(template: Written, type: string): readonly Resource[] {
  return Object.values(template.Resources).filter(({ Type }) => Type === type);
}
