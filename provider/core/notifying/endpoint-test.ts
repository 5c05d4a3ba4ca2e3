/**
 * The order to try the notification endpoint of a client, by its `client_id`. It is the whole event. Only a direct
 * invocation can carry it: the events of a queue have other members on their top level.
 */
export type EndpointTestOrder = { readonly test_endpoint_of: string };

/**
 * What the endpoint said to a ping that is none. It tells a status and words of the provider's own, and nothing that the
 * endpoint sent: so nobody reads another server's answers through the provider.
 */
export type EndpointTestReport =
  /** There is no such client, or it is not notified. */
  | { readonly outcome: 'no_client' }
  | { readonly outcome: 'no_endpoint' }
  | {
      readonly outcome: 'answered';
      readonly endpoint: string;
      readonly status: number;
      /** The version of TLS, such as `TLSv1.3`. */
      readonly tls_version: string;
      /** When the certificate of the endpoint ends, in epoch seconds. */
      readonly certificate_ends_at: number;
    }
  /** No ping arrives. `reason` is the word that the log has as `detail` for a ping that does not arrive. */
  | { readonly outcome: 'unreachable'; readonly endpoint: string; readonly reason: string };
