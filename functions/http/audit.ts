import { AUDIT } from '../contract/audit.ts';
import { auditApi } from '../entry/api/audit.ts';
import { httpHandler } from '../entry/http.ts';

export const handler = httpHandler(AUDIT, auditApi());
