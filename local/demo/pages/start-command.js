// The command that starts the provider of this page again.

/** @param {string} [option] such as `--limits off` */
export function startCommand(option = '') {
  const { port } = location;
  const options = [port === '3000' || port === '' ? '' : `--port ${port}`, option].filter(Boolean).join(' ');
  return options ? `npm start -- ${options}` : 'npm start';
}
