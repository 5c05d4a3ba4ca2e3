import { Duration } from 'aws-cdk-lib';
import { Dashboard } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { deploymentNameOf } from '../../deployment-name.ts';
import type { ProviderFunction } from '../../functions/provider-function.ts';
import { type BusinessProps, businessWidgets } from './business-widgets.ts';
import { type TechnicalProps, technicalWidgets } from './technical-widgets.ts';

type DashboardsProps = TechnicalProps & Omit<BusinessProps, 'tokenCalls'> & { readonly token: ProviderFunction };

/** Two dashboards: one about logins, for everyone, and one about the AWS resources, for operators. */
export class Dashboards extends Construct {
  readonly business: Dashboard;
  readonly technical: Dashboard;

  constructor(scope: Construct, id: string, props: DashboardsProps) {
    super(scope, id);
    const name = deploymentNameOf(this);
    const tokenCalls = props.token.alias.metricInvocations();
    this.business = new Dashboard(this, 'Business', {
      dashboardName: `${name}-business`,
      defaultInterval: Duration.days(1),
      widgets: businessWidgets({ ...props, tokenCalls }),
    });
    this.technical = new Dashboard(this, 'Technical', {
      dashboardName: `${name}-technical`,
      defaultInterval: Duration.hours(6),
      widgets: technicalWidgets(props),
    });
  }
}
