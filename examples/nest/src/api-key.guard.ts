import {
  type CanActivate,
  type ExecutionContext,
  Injectable,
  UnauthorizedException,
} from '@nestjs/common';
import { setReadmeGroup } from 'readme-metrics-opentelemetry';

const CUSTOMERS = new Map([['owl_live_7f3d9a5c2b8e', { label: 'Hedwig' }]]);

@Injectable()
export class ApiKeyGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest();
    const apiKey = request.headers.authorization?.replace(/^Bearer /, '');
    const customer = CUSTOMERS.get(apiKey);
    if (customer === undefined) throw new UnauthorizedException();
    setReadmeGroup({ apiKey, ...customer }, request);
    return true;
  }
}
