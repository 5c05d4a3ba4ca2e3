/** Examples of bodies, by the ids of operations. */
export const EXAMPLES: Readonly<Record<string, { readonly request?: object; readonly answer?: object }>> = {
  askUser: {
    request: {
      scope: 'openid profile',
      login_hint: 'ana@example.com',
      binding_message: 'Transfer 40 EUR',
      requested_expiry: '120',
    },
    answer: {
      auth_req_id: 'hPr4sGzHNTHNbXU9MRxlOK1yqOuZJVbGIc7B1u4n3vE',
      expires_in: 120,
      interval: 5,
    },
  },
  requestTokens: {
    request: {
      grant_type: 'urn:openid:params:grant-type:ciba',
      auth_req_id: 'hPr4sGzHNTHNbXU9MRxlOK1yqOuZJVbGIc7B1u4n3vE',
    },
    answer: {
      access_token: 'eyJhbGciOiJSUzI1NiIsInR5cCI6ImF0K2p3dCJ9.e30.c2lnbmF0dXJl',
      token_type: 'Bearer',
      expires_in: 900,
      id_token: 'eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.e30.c2lnbmF0dXJl',
      scope: 'openid profile',
    },
  },
  createClient: {
    request: {
      client_name: 'Harbor Bank',
      token_endpoint_auth_method: 'client_secret_basic',
      scope: 'openid profile',
    },
    answer: {
      client_id: 'harbor-bank',
      client_name: 'Harbor Bank',
      client_secret: 'made-once-and-shown-once',
      client_secret_expires_at: 0,
      token_endpoint_auth_method: 'client_secret_basic',
      scope: 'openid profile',
      grant_types: ['urn:openid:params:grant-type:ciba'],
      backchannel_token_delivery_mode: 'poll',
    },
  },
  createUser: {
    request: { email: 'ana@example.com', name: 'Ana Lima' },
    answer: { sub: '8Hq2Zy0uSx', email: 'ana@example.com', name: 'Ana Lima', created_at: 1796083200 },
  },
  createTicket: {
    answer: {
      ticket: 'Zk3n1tq0b4',
      ticket_id: '6bd0f1f2a3b4c5d6',
      uri: 'https://login.example.com/enrol?ticket=Zk3n1tq0b4',
      expires_at: 1796083800,
    },
  },
  listPendingRequests: {
    answer: {
      requests: [
        {
          request_id: 'Q0m3i7nZ4iPSW3mzq3mW1b0lXkV9gmYkq7mZ6mUuKz8',
          issued_at: 1796083200,
          expires_at: 1796083320,
          times_rung: 1,
        },
      ],
    },
  },
};
