// What Node 20 lacks of the built-ins that the command and the local provider use, and newer versions have. Every program
// of the package begins with this module. `npm run packages` finds the use of others.
import 'core-js/actual/async-disposable-stack/index.js';
import 'core-js/es/map/group-by.js';
import 'core-js/es/promise/with-resolvers.js';

// The SDK would advise a newer Node for its next versions. This package contains the one that it uses.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
