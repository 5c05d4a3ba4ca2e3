import {
  type ACMClient,
  DeleteCertificateCommand,
  GetCertificateCommand,
  ImportCertificateCommand,
  type ImportCertificateCommandInput,
  ResourceInUseException,
  ResourceNotFoundException,
} from '@aws-sdk/client-acm';
import {
  type CertificateInUse,
  type MadeCertificate,
  ORIGIN_CERTIFICATE_TAG,
} from '../../core/operating/origin-certificate.ts';
import type { CertificateStore } from '../../flows/operating/keep-origin-certificate.ts';

/** ACM in us-east-1, from where CloudFront takes certificates. It never gives an imported private key back. */
export class AcmCertificates implements CertificateStore {
  readonly #acm: ACMClient;
  /** The value of the tag by which the role of the function is limited to its own certificates. */
  readonly #owner: string;
  readonly #read: (certificate: string, authority: string) => CertificateInUse;

  constructor(acm: ACMClient, owner: string, read: (certificate: string, authority: string) => CertificateInUse) {
    this.#acm = acm;
    this.#owner = owner;
    this.#read = read;
  }

  async add(made: MadeCertificate): Promise<string> {
    const Tags = [{ Key: ORIGIN_CERTIFICATE_TAG, Value: this.#owner }];
    const arn = await this.#import({ ...imported(made), Tags });
    if (!arn) throw new Error('ACM answered without the ARN of the certificate');
    return arn;
  }

  /** The ARN stays, so neither CloudFront nor the template has to change. ACM allows no tags here. */
  async replace(id: string, made: MadeCertificate): Promise<void> {
    await this.#import({ ...imported(made), CertificateArn: id });
  }

  /** Lambda logs what is thrown, and the message of a refusal may quote what was sent. */
  async #import(input: ImportCertificateCommandInput): Promise<string | undefined> {
    const answer = await this.#acm.send(new ImportCertificateCommand(input)).catch((error: unknown) => {
      throw new Error(`ACM did not take the certificate: ${error instanceof Error ? error.name : typeof error}`);
    });
    return answer.CertificateArn;
  }

  async read(id: string): Promise<CertificateInUse> {
    const found = await this.#acm.send(new GetCertificateCommand({ CertificateArn: id }));
    return this.#read(found.Certificate ?? '', found.CertificateChain ?? '');
  }

  /** Reads when any public certificate ends, in epoch seconds, whoever made it. */
  async endOf(id: string, endOf: (certificate: string) => number): Promise<number> {
    const { Certificate } = await this.#acm.send(new GetCertificateCommand({ CertificateArn: id }));
    return endOf(Certificate ?? '');
  }

  async remove(id: string): Promise<'removed' | 'still in use'> {
    try {
      await this.#acm.send(new DeleteCertificateCommand({ CertificateArn: id }));
    } catch (error) {
      if (error instanceof ResourceInUseException) return 'still in use';
      if (!(error instanceof ResourceNotFoundException)) throw error;
    }
    return 'removed';
  }
}

function imported({ certificate, privateKey, authority }: MadeCertificate) {
  return {
    Certificate: Buffer.from(certificate),
    PrivateKey: Buffer.from(privateKey),
    CertificateChain: Buffer.from(authority.pem),
  };
}
