import { errors } from 'nats';
import { describe, expect, it } from 'vitest';
import { isRefusal, toTransportError } from '../../src/transport/nats-errors.ts';
import { transportError } from '../helpers/failures.ts';

describe('an error of the server', () => {
  it.each([
    ['Authorization Violation', new errors.AuthorizationError('Authorization Violation')],
    ['Account Authentication Expired', new errors.AuthorizationError('Account Authentication Expired')],
    ['User Authentication Expired', new errors.UserAuthenticationExpiredError('User Authentication Expired')],
  ])('is a refusal of the credentials when it is "%s"', (_, error) => {
    expect(isRefusal(error)).toBe(true);
    expect(toTransportError(error)).toEqual(transportError('refused', /^the server refused the credentials: /));
  });

  // The client library makes the same class of it, but the server has not looked at the credentials.
  it.each(['authentication timeout', 'Authentication Timeout'])('is no refusal when it is "%s"', (text) => {
    const error = new errors.AuthorizationError(text);
    expect(isRefusal(error)).toBe(false);
    expect(toTransportError(error)).toEqual(transportError('closed', /authentication timeout/i));
  });

  it('is no refusal when it is of another kind, whatever it says', () => {
    expect(isRefusal(new Error('Authorization Violation'))).toBe(false);
  });
});
