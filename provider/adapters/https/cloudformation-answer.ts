/** Sends a custom resource's answer to CloudFormation, at the presigned URL from its request. */
export async function sendToCloudFormation(url: string, body: string): Promise<void> {
  const response = await fetch(url, { method: 'PUT', body, headers: { 'content-type': '' } });
  if (!response.ok) throw new Error(`CloudFormation refused the answer with status ${response.status}`);
}
