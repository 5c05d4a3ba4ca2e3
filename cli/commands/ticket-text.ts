import encodeQR from 'qr';

/** Draws a QR code in white on black, whatever the terminal's colours are: scanners need dark modules to be dark. */
export function qrCode(uri: string): string {
  const lines = encodeQR(uri, 'ascii', { ecc: 'low', border: 2 }).trimEnd().split('\n');
  return lines.map((line) => `\u001B[97;40m${line}\u001B[0m`).join('\n');
}

/** Says how long a ticket is still valid. */
export function remaining(expiresAt: number): string {
  const seconds = Math.max(0, expiresAt - Math.floor(Date.now() / 1000));
  return seconds < 120 ? `in ${seconds} seconds` : `in ${Math.round(seconds / 60)} minutes`;
}
