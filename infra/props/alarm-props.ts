import type { ILayerVersion } from 'aws-cdk-lib/aws-lambda';
import type { ITopic } from 'aws-cdk-lib/aws-sns';

/** Who receives alarms. Name either an address or a topic. */
export interface AlarmReceiver {
  /** An e-mail address, for which the deployment makes a topic. Default: none. */
  readonly email?: string | undefined;
  /** An existing topic of the account and the region. CloudWatch must be allowed to publish to it. Default: none. */
  readonly topic?: Pick<ITopic, 'topicArn'> | undefined;
}

/** Who receives alarms, and what they know about the account. */
export interface AlarmProps extends AlarmReceiver {
  /** Who receives the alarms for which somebody must act now. Default: who receives the others. */
  readonly page?: AlarmReceiver | undefined;
  /**
   * How many executions of functions the account may have at once in this region (Service Quotas, "Concurrent
   * executions"). The alarm rings at 80 % of them. Default: 1000.
   */
  readonly concurrentExecutions?: number | undefined;
  /**
   * A monthly limit in US dollars for the whole account. A budget tells the receiver by e-mail at 80 % of it, and when
   * the month is forecast to exceed it. Needs an e-mail address. Default: no budget.
   */
  readonly monthlyBudget?: number | undefined;
  /** The address of `docs/operations.md`, so that an alarm links to its section. Default: its path in the repository. */
  readonly runbookUrl?: string | undefined;
  /**
   * What is different about single alarms, by the last part of their names, such as `latency-token`. A name that no
   * alarm has is refused. Default: nothing.
   */
  readonly changes?: Readonly<Record<string, AlarmChange>> | undefined;
}

/** What is different about one alarm. docs/operations.md says what each alarm measures, and in what unit. */
export interface AlarmChange {
  /** The value at which the alarm goes off. Default: that of the alarm. */
  readonly threshold?: number | undefined;
  /** `off`: the alarm changes its state, but tells nobody. What it is part of, `logins-fail`, still does. Default: `on`. */
  readonly actions?: 'on' | 'off' | undefined;
}

/** An OpenTelemetry layer for Lambda, in the region of the deployment. */
export interface TracingProps {
  /** A version of the layer, for arm64 and nodejs24.x. */
  readonly layer: Pick<ILayerVersion, 'layerVersionArn'>;
  /** The wrapper script in the layer, by which Lambda starts the function. Default: `/opt/otel-handler`. */
  readonly wrapper?: string | undefined;
  /**
   * Variables for the layer, such as `OTEL_EXPORTER_OTLP_ENDPOINT`. Their names begin with `OTEL_`. Default: none.
   */
  readonly variables?: Readonly<Record<string, string>> | undefined;
}
