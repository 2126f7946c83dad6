import { PACES, type Pace } from '../../functions/contract/paces.ts';
import { ROUTES, type RouteContract } from '../../functions/contract/routes.ts';

export type Resources = Record<
  string,
  { Type: string; Properties: Record<string, unknown>; DependsOn?: string | string[] }
>;

const settingsOf = (pace: Pace) => ({
  ThrottlingRateLimit: PACES[pace].perSecond,
  ThrottlingBurstLimit: PACES[pace].burst,
});

/**
 * Has the gateway take each route at its pace, which the framework has no words for. The stage waits for the routes,
 * because CloudFormation refuses settings of a route that does not exist yet.
 */
export function throttle(resources: Resources): void {
  const routes = Object.entries(resources).filter(([, { Type }]) => Type === 'AWS::ApiGatewayV2::Route');
  const stages = Object.values(resources).filter(({ Type }) => Type === 'AWS::ApiGatewayV2::Stage');
  for (const stage of stages) {
    stage.Properties.DefaultRouteSettings = settingsOf('usual');
    stage.Properties.RouteSettings = Object.fromEntries(
      Object.values<RouteContract>(ROUTES).map(({ route, pace = 'usual' }) => [route, settingsOf(pace)]),
    );
    stage.DependsOn = [...[stage.DependsOn ?? []].flat(), ...routes.map(([logicalId]) => logicalId)];
  }
}
