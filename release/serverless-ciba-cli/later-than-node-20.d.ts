// What `local/runtime/trusted-certificates.ts` uses and the types of Node 20 lack. In the package another module has its
// place, `trusted-certificates.ts`, so nothing of this is called there.

export {};

declare module 'tls' {
  function getCACertificates(type: 'default'): string[];
  function setDefaultCACertificates(certificates: readonly string[]): void;
}
